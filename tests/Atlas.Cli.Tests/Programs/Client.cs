namespace Atlas.Cli.Tests.Programs;

/// <summary>A client of one address, with connections of its own that stay open between requests.</summary>
public sealed class Client(string address) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler())
    {
        BaseAddress = new Uri($"http://{address}"),
        Timeout = RunningProgram.Limit,
    };

    /// <summary>The text of the answer to a GET, which must be a 200.</summary>
    public Task<string> GetAsync(string path = "/") => _http.GetStringAsync(path);

    /// <summary>The texts of the answers to this many requests, one after the other.</summary>
    public async Task<string> GetManyAsync(int count)
    {
        string all = "";
        for (int i = 0; i < count; i++)
        {
            all += await GetAsync();
        }

        return all;
    }

    /// <summary>The texts of the answers to requests, one after the other, until each of these is among them, or to a thousand. Beside others'
    /// requests, taking turns may give one client the same server for long.</summary>
    public async Task<string> GetUntilAsync(string wanted)
    {
        const int Most = 1_000;
        string all = "";
        while (all.Length < Most && !wanted.All(all.Contains))
        {
            all += await GetAsync();
        }

        return all;
    }

    /// <summary>A response whose head has arrived and whose body may still come.</summary>
    public Task<HttpResponseMessage> BeginAsync(string path) =>
        _http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);

    /// <summary>The status of the answer to a GET.</summary>
    public async Task<int> StatusAsync(string path)
    {
        using HttpResponseMessage response = await _http.GetAsync(path);
        return (int)response.StatusCode;
    }

    public void Dispose() => _http.Dispose();
}
