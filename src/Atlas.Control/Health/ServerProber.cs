using Atlas.Control.Configuration.Kinds;
using Atlas.Core.Configuration;
using Atlas.Core.Health;

namespace Atlas.Control.Health;

/// <summary>Probes one server again and again, one probe at a time, until stopped. Nothing that the server, the network or a
/// listener to changes does ends it.</summary>
internal sealed class ServerProber
{
    private readonly CheckedServer _server;
    private readonly IProbe _probe;
    private readonly HealthOptions _options;
    private readonly SemaphoreSlim _slots;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private CheckState _state;
    private HealthReport _report;

    /// <summary>A prober that does not run yet.</summary>
    /// <param name="server">The server.</param>
    /// <param name="probe">How it is asked; owned.</param>
    /// <param name="before">What another check counted of the same server; null: nothing.</param>
    /// <param name="slots">One is held while a probe is under way.</param>
    /// <param name="options">The rest.</param>
    internal ServerProber(
        CheckedServer server, IProbe probe, HealthReport? before, SemaphoreSlim slots, HealthOptions options)
    {
        _server = server;
        _probe = probe;
        _slots = slots;
        _options = options;
        _state = server.IsKnown ? CheckState.Known : CheckState.New;
        _report = new HealthReport { Passed = before?.Passed ?? 0, Failed = before?.Failed ?? 0 };
    }

    internal ProbeTarget Target => _server.Target;

    /// <summary>What is known at present. Any thread.</summary>
    internal HealthReport Report => Volatile.Read(ref _report);

    /// <summary>Whether the first probe has yet to end. Any thread.</summary>
    internal bool IsPending => Report.Last is null && !_stop.IsCancellationRequested;

    private HealthCheckConfig Check => Target.Check;

    /// <summary>Begins to probe; ends, without an exception, some time after <see cref="Stop"/>.</summary>
    internal async Task RunAsync()
    {
        CancellationToken stop = _stop.Token;
        try
        {
            Task due = DelayAsync(ProbeSchedule.FirstMs(Check.IntervalMs, _options.Random()), stop);
            while (true)
            {
                await due;
                await _slots.WaitAsync(stop);
                try
                {
                    due = await ProbeAsync(stop);
                }
                finally
                {
                    _slots.Release();
                }
            }
        }
        catch (Exception) when (stop.IsCancellationRequested)
        {
            // Whatever the probe said as it was given up, nobody wants to know.
        }
        finally
        {
            _probe.Dispose();
        }
    }

    /// <summary>Gives up the probe under way and begins no other. Nobody hears of the server once this has returned.</summary>
    internal void Stop()
    {
        lock (_gate)
        {
            _stop.Cancel();
        }
    }

    /// <summary>Probes, tells what came of it, and returns the wait for the next probe.</summary>
    private async Task<Task> ProbeAsync(CancellationToken stop)
    {
        DateTimeOffset at = _options.Time.GetUtcNow();
        long start = _options.Time.GetTimestamp();
        ProbeResult result = await AskAsync(stop);
        var probe = new LastProbe(at, result, _options.Time.GetElapsedTime(start));
        CheckState before = _state;
        _state = before.After(result.Outcome, Check.Rise, Check.Fall);

        // The timer runs before anybody hears of the result, so that who then moves a clock moves it for the next probe too.
        double nextMs = ProbeSchedule.NextMs(_state, Check.IntervalMs, _options.Random()) - probe.Duration.TotalMilliseconds;
        Task due = DelayAsync(Math.Max(nextMs, 0), stop);
        lock (_gate)
        {
            stop.ThrowIfCancellationRequested();
            if (result.Outcome != ProbeOutcome.Cancelled)
            {
                Tell(before, probe);
            }
        }

        return due;
    }

    private async Task<ProbeResult> AskAsync(CancellationToken stop)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMilliseconds(Check.TimeoutMs), _options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, timeout.Token);
        try
        {
            return await _probe.RunAsync(either.Token);
        }
        catch (Exception e) when (!stop.IsCancellationRequested)
        {
            // A probe knows its errors. Should one be new to it, the server counts as failed and the checks go on.
            return ProbeResult.Bad(
                timeout.IsCancellationRequested
                    ? $"timeout after {Durations.Format(Check.TimeoutMs)}"
                    : $"the probe failed: {e.GetType().Name}");
        }
    }

    private void Tell(CheckState before, LastProbe probe)
    {
        HealthReport report = _report;
        Volatile.Write(ref _report, report with
        {
            Health = _state.Health,
            Last = probe,
            Passed = report.Passed + (probe.Result.Passed ? 1 : 0),
            Failed = report.Failed + (probe.Result.Passed ? 0 : 1),
        });
        if (_state.Health != before.Health)
        {
            bool isUp = _state.Health == ServerHealth.Up;
            int checks = 1 + (isUp ? before.Passes : before.Fails);
            _server.TurnTo(isUp);
            Notice(new HealthChange(Target, before.Health, _state.Health, checks, probe));
        }
    }

    private void Notice(HealthChange change)
    {
        try
        {
            _options.Notice(change.ToString());
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Whoever read what the process says has gone. The checks matter more.
        }
    }

    private Task DelayAsync(double ms, CancellationToken stop) =>
        Task.Delay(TimeSpan.FromMilliseconds(ms), _options.Time, stop);
}
