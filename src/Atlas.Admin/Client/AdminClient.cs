using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Atlas.Admin.Orders;
using Atlas.Admin.Reloads;
using Atlas.Admin.Reports;
using Atlas.Admin.Upgrades;
using Atlas.Control.Pools;

namespace Atlas.Admin.Client;

/// <summary>Asks a running Atlas over its admin API. All methods throw <see cref="AdminRefusedException"/> when it does not do
/// what is asked.</summary>
public sealed class AdminClient : IDisposable
{
    // The largest status: 4,096 servers of half a KiB each, and room.
    private const int MaxAnswerBytes = 16 * 1024 * 1024;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    // Names are looked up and files read first, and another reload may be under way.
    private static readonly TimeSpan ReloadLimit = TimeSpan.FromSeconds(90);

    private readonly AdminAddress _address;
    private readonly bool _hasToken;
    private readonly HttpClient _http;

    /// <summary>A client that has connected to nobody yet.</summary>
    /// <param name="address">Where.</param>
    /// <param name="token">The token; null: none.</param>
    public AdminClient(AdminAddress address, string? token)
    {
        _address = address;
        _hasToken = token is not null;
        _http = new HttpClient(address.Handler())
        {
            BaseAddress = address.Url,
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = MaxAnswerBytes,
        };
        if (token is not null)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }
    }

    /// <summary>What runs.</summary>
    public Task<StatusReport> StatusAsync(CancellationToken cancellation) =>
        AskAsync(() => new HttpRequestMessage(HttpMethod.Get, "/api/v1/status"), AdminJson.Default.StatusReport, cancellation);

    /// <summary>The same as the API writes it.</summary>
    public async Task<string> StatusJsonAsync(CancellationToken cancellation) =>
        JsonSerializer.Serialize(await StatusAsync(cancellation), AdminJson.Default.StatusReport);

    /// <summary>Asks something of a server.</summary>
    /// <returns>The server as it is then.</returns>
    public Task<ServerReport> OrderAsync(string pool, string server, ServerOrder order, CancellationToken cancellation)
    {
        var body = new OrderBody(order.State, order.Weight, order.DeadlineMs is int ms ? $"{ms}ms" : null);
        string path = $"/api/v1/pools/{Uri.EscapeDataString(pool)}/servers/{Uri.EscapeDataString(server)}";
        return AskAsync(
            () => new HttpRequestMessage(HttpMethod.Patch, path) { Content = JsonContent.Create(body, AdminJson.Default.OrderBody) },
            AdminJson.Default.ServerReport,
            cancellation);
    }

    /// <summary>Applies the configuration file as it is now.</summary>
    public Task<ReloadReport> ReloadAsync(CancellationToken cancellation) => AskAsync(
        () => new HttpRequestMessage(HttpMethod.Post, ReloadEndpoint.Path) { Content = JsonContent.Create(new ReloadBody(), AdminJson.Default.ReloadBody) },
        AdminJson.Default.ReloadReport,
        cancellation,
        ReloadLimit);

    /// <summary>Has a new process take the place of the one that runs.</summary>
    /// <param name="limitMs">How long that may take.</param>
    /// <param name="cancellation">Ends the wait, and not the upgrade.</param>
    public Task<UpgradeReport> UpgradeAsync(int limitMs, CancellationToken cancellation)
    {
        var body = new UpgradeBody($"{limitMs}ms");
        return AskAsync(
            () => new HttpRequestMessage(HttpMethod.Post, UpgradeEndpoint.Path) { Content = JsonContent.Create(body, AdminJson.Default.UpgradeBody) },
            AdminJson.Default.UpgradeReport,
            cancellation,
            Limit + TimeSpan.FromMilliseconds(limitMs));
    }

    /// <summary>Ends its connections.</summary>
    public void Dispose() => _http.Dispose();

    private async Task<T> AskAsync<T>(
        Func<HttpRequestMessage> ask, JsonTypeInfo<T> type, CancellationToken cancellation, TimeSpan? patience = null)
    {
        TimeSpan limit = patience ?? Limit;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        ended.CancelAfter(limit);
        try
        {
            using HttpRequestMessage request = ask();
            using HttpResponseMessage response = await _http.SendAsync(request, ended.Token);
            if (!response.IsSuccessStatusCode)
            {
                throw await RefusedAsync(response, ended.Token);
            }

            return await response.Content.ReadFromJsonAsync(type, ended.Token)
                ?? throw new AdminRefusedException($"{_address.Text} answers nothing: is it the admin address of an Atlas?");
        }
        catch (HttpRequestException e)
        {
            throw new AdminRefusedException(
                $"cannot reach Atlas at {_address.Text}: {e.GetBaseException().Message}. Does it run? "
                + "Its line 'admin: …' says where it answers; give that with --admin ADDRESS", e);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new AdminRefusedException($"Atlas at {_address.Text} does not answer within {limit.TotalSeconds} s", e);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw new AdminRefusedException(
                $"{_address.Text} answers what this version does not understand: is it the admin address of an Atlas?", e);
        }
    }

    private async Task<AdminRefusedException> RefusedAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        if (response.StatusCode == HttpStatusCode.Unauthorized)
        {
            return new AdminRefusedException(_hasToken
                ? $"Atlas at {_address.Text} refuses the token: --token-file must name the file that its admin.token names"
                : $"Atlas at {_address.Text} wants a token: give the file with --token-file");
        }

        string body = await response.Content.ReadAsStringAsync(cancellation);
        ErrorAnswer? error = null;
        try
        {
            error = JsonSerializer.Deserialize(body, AdminJson.Default.ErrorAnswer);
        }
        catch (JsonException)
        {
            // Another program's answer. Its status is all that can be told.
        }

        string known = error?.Known is { Count: > 0 } names ? $"; there are: {string.Join(", ", names)}" : "";
        return new AdminRefusedException(error?.Error is string text
            ? text + known
            : $"{_address.Text} answers {(int)response.StatusCode}: is it the admin address of an Atlas?")
        {
            IsWrongInput = error?.Error is not null && response.StatusCode == HttpStatusCode.UnprocessableEntity,
        };
    }
}
