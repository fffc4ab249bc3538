using System.Diagnostics;
using Atlas.Engine.Flows;
using Atlas.Engine.Workers;

namespace Atlas.Bench.Load;

/// <summary>Clients that send their next request as soon as they have their response, for a time, each at least one. The run
/// ends when no request is under way any more, so that the processor time of both sides belongs to counted
/// requests.</summary>
internal sealed class ClosedRun(IReadOnlyList<ClientConnection> clients, double seconds)
{
    private readonly TaskCompletionSource<LoadResult> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _startedAt;
    private long _endMs;
    private long _done;
    private int _running;
    private string? _failure;

    /// <summary>Starts; ends with the last response.</summary>
    /// <exception cref="BenchException">An exchange failed.</exception>
    internal Task<LoadResult> StartAsync(EventLoop loop)
    {
        loop.TryPost(() =>
        {
            _startedAt = Stopwatch.GetTimestamp();
            _endMs = loop.NowMs + (long)(seconds * 1000);
            _running = clients.Count;
            foreach (ClientConnection client in clients)
            {
                RunAsync(client, loop).Detach();
            }
        });
        return _end.Task;
    }

    private async Flow RunAsync(ClientConnection client, EventLoop loop)
    {
        do
        {
            if (await client.RunAsync())
            {
                _done++;
            }
            else
            {
                _failure = client.Failure;
            }
        }
        while (_failure is null && loop.NowMs < _endMs);

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
            _end.SetResult(new LoadResult(_done, Stopwatch.GetElapsedTime(_startedAt).TotalSeconds, []));
        }
    }
}
