using System.Collections.Concurrent;

namespace Atlas.Cli.Tests.Programs;

/// <summary>Clients that ask without a pause, each on a connection of its own, until they are ended.</summary>
public sealed class Load : IAsyncDisposable
{
    private readonly HttpClient _http;
    private readonly Task _lanes;
    private readonly ConcurrentQueue<int> _failures = new();
    private volatile bool _isEnding;
    private int _answered;

    /// <summary>Begins.</summary>
    /// <param name="address">Whom to ask.</param>
    /// <param name="lanes">How many clients.</param>
    /// <param name="clientOf">The address that a client says it has; null: none.</param>
    public Load(string address, int lanes, Func<int, string>? clientOf = null)
    {
        _http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = lanes })
        {
            BaseAddress = new Uri($"http://{address}"),
            Timeout = RunningProgram.Limit,
        };
        _lanes = Task.WhenAll(Enumerable.Range(0, lanes).Select(lane => Task.Run(() => RunAsync(clientOf?.Invoke(lane)))));
    }

    /// <summary>Requests that were answered, whatever with.</summary>
    public int Answered => Volatile.Read(ref _answered);

    /// <summary>The statuses that were not 200.</summary>
    public IReadOnlyCollection<int> Failures => _failures;

    /// <summary>Waits until so many requests were answered.</summary>
    public async Task AnsweredAsync(int count)
    {
        using var limit = new CancellationTokenSource(RunningProgram.Limit);
        while (Answered < count)
        {
            _lanes.IsFaulted.ShouldBeFalse(_lanes.Exception?.ToString());
            await Task.Delay(10, limit.Token);
        }
    }

    /// <summary>Lets each client end with the request at hand.</summary>
    public Task EndAsync()
    {
        _isEnding = true;
        return _lanes.WaitAsync(RunningProgram.Limit);
    }

    public async ValueTask DisposeAsync()
    {
        _isEnding = true;
        await _lanes.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _http.Dispose();
    }

    private async Task RunAsync(string? client)
    {
        while (!_isEnding)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/");
            if (client is not null)
            {
                request.Headers.Add("X-Forwarded-For", client);
            }

            using HttpResponseMessage response = await _http.SendAsync(request);
            if (!response.IsSuccessStatusCode)
            {
                _failures.Enqueue((int)response.StatusCode);
            }

            Interlocked.Increment(ref _answered);
        }
    }
}
