using System.Net;

namespace Atlas.Cli.Tests.Programs;

/// <summary>Users of the test server's cart, each of whom adds to it what nobody else does and knows what must be in it. Whatever was
/// answered is there from then on; what was not answered may be there or not, and is looked up.</summary>
public sealed class CartUsers : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseCookies = false }) { Timeout = RunningProgram.Limit };
    private readonly string[] _nodes;
    private int _answered;
    private int _unanswered;

    /// <summary>Users that go to these nodes in turn.</summary>
    public CartUsers(params string[] nodes) => _nodes = nodes;

    /// <summary>Additions that were answered.</summary>
    public int Answered => Volatile.Read(ref _answered);

    /// <summary>Additions that were not, or with an error.</summary>
    public int Unanswered => Volatile.Read(ref _unanswered);

    /// <summary>Lets users add so many items each.</summary>
    /// <param name="users">How many.</param>
    /// <param name="items">How many each.</param>
    /// <param name="lanes">How many users at once.</param>
    public Task RunAsync(int users, int items, int lanes) => Parallel.ForEachAsync(
        Enumerable.Range(0, users),
        new ParallelOptions { MaxDegreeOfParallelism = lanes },
        async (user, _) => await ShopAsync(user, items));

    public void Dispose() => _http.Dispose();

    private async Task ShopAsync(int user, int items)
    {
        string? cookie = null;
        List<string> cart = [];
        for (int i = 0; i < items; i++)
        {
            string item = $"{user}.{i}";
            (List<string>? found, string? given) = await AskAsync(user + i, HttpMethod.Post, cookie, item);
            if (found is not null)
            {
                Interlocked.Increment(ref _answered);
                cart.Add(item);
                found.ShouldBe(cart);
                cookie = given ?? cookie;
                continue;
            }

            Interlocked.Increment(ref _unanswered);
            if (cookie is null)
            {
                continue;
            }

            found = await LookAsync(user + i, cookie);
            if (found.Count > cart.Count)
            {
                cart.Add(item);
            }

            found.ShouldBe(cart);
        }
    }

    private async Task<List<string>> LookAsync(int turn, string cookie)
    {
        for (int i = 0; ; i++)
        {
            if ((await AskAsync(turn + i, HttpMethod.Get, cookie, item: null)).Cart is { } cart)
            {
                return cart;
            }

            i.ShouldBeLessThan(1_000);
            await Task.Delay(10);
        }
    }

    /// <summary>What is in the cart, and its cookie if that is set; null: there was no answer, or an error.</summary>
    private async Task<(List<string>? Cart, string? Cookie)> AskAsync(int turn, HttpMethod method, string? cookie, string? item)
    {
        using var request = new HttpRequestMessage(method, $"http://{_nodes[turn % _nodes.Length]}/cart");
        if (cookie is not null)
        {
            request.Headers.Add("Cookie", cookie);
        }

        if (item is not null)
        {
            request.Content = new FormUrlEncodedContent([KeyValuePair.Create("item", item)]);
        }

        try
        {
            using HttpResponseMessage response = await _http.SendAsync(request);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                return (null, null);
            }

            string text = await response.Content.ReadAsStringAsync();
            string items = text[(text.IndexOf(" has ", StringComparison.Ordinal) + 5)..].TrimEnd();
            string? set = response.Headers.TryGetValues("Set-Cookie", out IEnumerable<string>? values) ? values.Single().Split(';')[0] : null;
            return (items == "nothing" ? [] : [.. items.Split(", ")], set);
        }
        catch (HttpRequestException)
        {
            return (null, null);
        }
    }
}
