using Atlas.Control.Configuration.Kinds;
using Atlas.Core.Configuration;
using Atlas.Core.Health;

namespace Atlas.Control.Health;

/// <summary>Probes one address in one way again and again, one probe at a time, until nobody hears of it any more. Nothing that
/// the server, the network or a listener to changes does ends it.</summary>
internal sealed class ServerProber
{
    // An interval and what chance adds to it are waited for in one piece.
    private const double MaxStepShare = 1.1;

    private readonly IProbe _probe;
    private readonly HealthCheckConfig _check;
    private readonly HealthOptions _options;
    private readonly SemaphoreSlim _slots;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _wake = new(0);
    private TaskCompletionSource _hurry = NewHurry();
    private readonly Lock _gate = new();
    private HealthSubscription[] _subscriptions = [];
    private CheckState _state;
    private HealthReport _report = new();

    /// <summary>A prober that does not run yet.</summary>
    /// <param name="check">The check.</param>
    /// <param name="probe">How the server is asked; owned.</param>
    /// <param name="isKnown">Whether it served before this check was configured.</param>
    /// <param name="slots">One is held while a probe is under way.</param>
    /// <param name="options">The rest.</param>
    internal ServerProber(
        HealthCheckConfig check, IProbe probe, bool isKnown, SemaphoreSlim slots, HealthOptions options)
    {
        _check = check;
        _probe = probe;
        _slots = slots;
        _options = options;
        _state = isKnown ? CheckState.Known : CheckState.New;
    }

    /// <summary>What is known at present. Any thread.</summary>
    internal HealthReport Report => Volatile.Read(ref _report);

    /// <summary>Whether it has ended, or is about to. Any thread.</summary>
    internal bool IsStopped => _stop.IsCancellationRequested;

    /// <summary>Whether all who would hear of it are paused. While nobody is there, it is about to stop.</summary>
    private bool IsPaused => Volatile.Read(ref _subscriptions) is { Length: > 0 } all && Array.TrueForAll(all, one => one.IsPaused);

    /// <summary>Whether the subscription still hears of the server. Any thread; O(subscriptions).</summary>
    internal bool Hears(HealthSubscription subscription) =>
        !IsStopped && Volatile.Read(ref _subscriptions).Contains(subscription);

    /// <summary>Tells one more server's owner from now on; not after <see cref="Stop"/>.</summary>
    internal void Add(HealthSubscription subscription)
    {
        lock (_gate)
        {
            Volatile.Write(ref _subscriptions, [.. _subscriptions, subscription]);
            subscription.Begin(_report);
            Wake();
        }
    }

    /// <summary>Tells a server's owner no more; it hears nothing once this has returned. Without any left it stops.</summary>
    internal void Remove(HealthSubscription subscription)
    {
        lock (_gate)
        {
            Volatile.Write(ref _subscriptions, [.. _subscriptions.Where(other => other != subscription)]);
            if (_subscriptions.Length == 0)
            {
                _stop.Cancel();
            }
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

    /// <summary>Looks again whether somebody wants to hear. Any thread; waits for nothing.</summary>
    internal void Wake()
    {
        if (_wake.CurrentCount == 0)
        {
            _wake.Release();
        }
    }

    /// <summary>Has the next probe come at once, unless all who would hear of it are paused. Any thread; waits for nothing.</summary>
    internal void Hurry() => Volatile.Read(ref _hurry).TrySetResult();

    /// <summary>Begins to probe; ends, without an exception, some time after <see cref="Stop"/>.</summary>
    internal async Task RunAsync()
    {
        CancellationToken stop = _stop.Token;
        try
        {
            Task due = WaitAsync(ProbeSchedule.FirstMs(_check.IntervalMs, _options.Random()), stop);
            while (true)
            {
                await due;
                while (IsPaused)
                {
                    await _wake.WaitAsync(stop);
                }

                await _slots.WaitAsync(stop);
                try
                {
                    // Whoever is in a hurry from here on wants another one.
                    Volatile.Write(ref _hurry, NewHurry());
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

    /// <summary>Probes, tells what came of it, and returns the wait for the next probe.</summary>
    private async Task<Task> ProbeAsync(CancellationToken stop)
    {
        Moment start = Moment.Now(_options.Time);
        ProbeResult result = await AskAsync(stop);
        Moment end = Moment.Now(_options.Time);
        var probe = new LastProbe(start.Utc, result, _options.Time.GetElapsedTime(start.Timestamp, end.Timestamp));
        CheckState before = _state;
        CheckState after = before.After(result.Outcome, _check.Rise, _check.Fall);

        // The timer runs before anybody hears of the result, so that who then moves a clock moves it for the next probe too.
        double nextMs = ProbeSchedule.NextMs(after, _check.IntervalMs, _options.Random()) - probe.Duration.TotalMilliseconds;
        Task due = WaitAsync(Math.Max(nextMs, 0), stop);
        lock (_gate)
        {
            stop.ThrowIfCancellationRequested();
            if (IsPaused)
            {
                // The server was taken out while it was asked: what it said then says nothing of it.
                return due;
            }

            _state = after;
            if (result.Outcome != ProbeOutcome.Cancelled)
            {
                Tell(before, probe, end);
            }
        }

        return due;
    }

    private async Task<ProbeResult> AskAsync(CancellationToken stop)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMilliseconds(_check.TimeoutMs), _options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, timeout.Token);
        try
        {
            return await _probe.RunAsync(either.Token);
        }
        catch (Exception e) when (!stop.IsCancellationRequested)
        {
            // A probe knows its errors. Should one be new to it, the server counts as failed and the checks go on.
            return timeout.IsCancellationRequested
                ? ProbeResult.Unreachable($"timeout after {Durations.Format(_check.TimeoutMs)}")
                : ProbeResult.Bad($"the probe failed: {e.GetType().Name}");
        }
    }

    private void Tell(CheckState before, LastProbe probe, Moment end)
    {
        HealthReport report = _report;
        Volatile.Write(ref _report, report with
        {
            Health = _state.Health,
            Last = probe,
            Passed = report.Passed + (probe.Result.Passed ? 1 : 0),
            Failed = report.Failed + (probe.Result.Passed ? 0 : 1),
        });
        int checks = 1 + (probe.Result.Passed ? before.Passes : before.Fails);
        foreach (HealthSubscription subscription in _subscriptions)
        {
            subscription.Hear(_state.Health, checks, probe.Result, end);
        }
    }

    /// <summary>Waits until a probe is due, or wanted at once. A wait that is longer than the interval goes by intervals, and ends
    /// with the one after which a pool has no server to spare.</summary>
    private async Task WaitAsync(double ms, CancellationToken stop)
    {
        Task hurry = Volatile.Read(ref _hurry).Task;
        long beganAt = _options.Time.GetTimestamp();
        double leftMs = ms;
        while (leftMs > 0 && !hurry.IsCompleted)
        {
            using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
            double stepMs = leftMs > MaxStepShare * _check.IntervalMs ? _check.IntervalMs : Math.Ceiling(leftMs);
            await Task.WhenAny(Task.Delay(TimeSpan.FromMilliseconds(stepMs), _options.Time, end.Token), hurry);
            await end.CancelAsync();
            stop.ThrowIfCancellationRequested();
            leftMs = IsMissed() ? 0 : ms - _options.Time.GetElapsedTime(beganAt).TotalMilliseconds;
        }
    }

    private bool IsMissed() => Array.Exists(Volatile.Read(ref _subscriptions), one => one.IsMissed);

    private static TaskCompletionSource NewHurry() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
