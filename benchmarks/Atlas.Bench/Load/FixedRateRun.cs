using System.Diagnostics;
using Atlas.Engine.Flows;
using Atlas.Engine.Timers;
using Atlas.Engine.Workers;

namespace Atlas.Bench.Load;

/// <summary>Requests that fall due at a fixed rate, whether or not the proxy keeps up. A latency counts from the moment at
/// which the request fell due, so that a request which had to wait for the one before it on its connection says so (no
/// coordinated omission). Requests fall due once a millisecond, the grain of the engine's timers.</summary>
internal sealed class FixedRateRun(EventLoop loop, IReadOnlyList<ClientConnection> clients, double perSecond, int requests)
    : ITimerTarget
{
    private const int MaxDuePerClient = 10_000;

    private readonly TaskCompletionSource<LoadResult> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Queue<long>[] _due = [.. clients.Select(_ => new Queue<long>())];
    private readonly bool[] _busy = new bool[clients.Count];
    private readonly double[] _latenciesUs = new double[requests];
    private long _startedAt;
    private int _issued;
    private int _ended;
    private string? _failure;

    /// <summary>Starts; ends with the last response.</summary>
    /// <exception cref="BenchException">An exchange failed, or the proxy fell too far behind.</exception>
    internal Task<LoadResult> StartAsync()
    {
        loop.TryPost(() =>
        {
            _startedAt = Stopwatch.GetTimestamp();
            new LoopTimer(loop.Timers, this).Set(loop.NowMs + 1);
        });
        return _end.Task;
    }

    public void OnTimer(LoopTimer timer)
    {
        long now = Stopwatch.GetTimestamp();
        double due = Math.Min(requests, Stopwatch.GetElapsedTime(_startedAt, now).TotalSeconds * perSecond);
        for (; _issued < due && _failure is null; _issued++)
        {
            int client = _issued % clients.Count;
            _due[client].Enqueue(now);
            if (_due[client].Count > MaxDuePerClient)
            {
                Fail($"{MaxDuePerClient} requests wait on one connection at {perSecond:F0} requests per second");
            }
            else if (!_busy[client])
            {
                ServeAsync(client).Detach();
            }
        }

        if (_issued < requests && _failure is null)
        {
            timer.Set(loop.NowMs + 1);
        }
    }

    private async Flow ServeAsync(int client)
    {
        _busy[client] = true;
        while (_failure is null && _due[client].TryDequeue(out long dueAt))
        {
            if (!await clients[client].RunAsync())
            {
                Fail(clients[client].Failure!);
                break;
            }

            _latenciesUs[_ended++] = Stopwatch.GetElapsedTime(dueAt).TotalMicroseconds;
            if (_ended == requests)
            {
                double seconds = Stopwatch.GetElapsedTime(_startedAt).TotalSeconds;
                Array.Sort(_latenciesUs);
                _end.TrySetResult(new LoadResult(requests, seconds, _latenciesUs));
            }
        }

        _busy[client] = false;
    }

    private void Fail(string failure)
    {
        _failure = failure;
        _end.TrySetException(new BenchException(failure));
    }
}
