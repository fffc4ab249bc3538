using System.Diagnostics;
using Atlas.Engine.Flows;
using Atlas.Engine.Workers;

namespace Atlas.Bench.Load;

/// <summary>Clients that send their next request as soon as they have their response, until all together did an exact number:
/// no request is under way when it ends, so that the processor time of both sides belongs to counted requests.</summary>
internal sealed class ClosedRun
{
    private readonly IReadOnlyList<ClientConnection> _clients;
    private readonly long _requests;
    private readonly TaskCompletionSource<LoadResult> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _left;
    private long _startedAt;
    private int _running;
    private string? _failure;

    internal ClosedRun(IReadOnlyList<ClientConnection> clients, long requests)
    {
        _clients = clients;
        _requests = _left = requests;
        _running = clients.Count;
    }

    /// <summary>Starts; ends with the last response.</summary>
    /// <exception cref="BenchException">An exchange failed.</exception>
    internal Task<LoadResult> StartAsync(EventLoop loop)
    {
        loop.TryPost(() =>
        {
            _startedAt = Stopwatch.GetTimestamp();
            foreach (ClientConnection client in _clients)
            {
                RunAsync(client).Detach();
            }
        });
        return _end.Task;
    }

    private async Flow RunAsync(ClientConnection client)
    {
        while (_left > 0 && _failure is null)
        {
            _left--;
            if (!await client.RunAsync())
            {
                _failure = client.Failure;
            }
        }

        if (--_running > 0)
        {
            return;
        }

        if (_failure is not null)
        {
            _end.SetException(new BenchException(_failure));
        }
        else
        {
            _end.SetResult(new LoadResult(_requests, Stopwatch.GetElapsedTime(_startedAt).TotalSeconds, []));
        }
    }
}
