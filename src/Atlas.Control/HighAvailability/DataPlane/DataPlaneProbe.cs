using System.Globalization;
using Atlas.Core.Health;
using Atlas.Core.HighAvailability;

namespace Atlas.Control.HighAvailability.DataPlane;

/// <summary>Asks a node's own listeners whether they answer, so that a node whose data plane hangs gets no clients though its process lives.
/// How they are asked, <see cref="ListenerKnock"/> says.</summary>
public sealed class DataPlaneProbe : IDisposable
{
    // Listeners that are asked at once: each takes a descriptor.
    private const int AtOnce = 16;

    private readonly DataPlaneProbeOptions _options;
    private readonly CancellationTokenSource _stop = new();
    private volatile DataPlaneHealth _health = DataPlaneHealth.New;
    private int _hasStarted;

    /// <summary>A probe that does not look yet.</summary>
    public DataPlaneProbe(DataPlaneProbeOptions options) => _options = options;

    /// <summary>What was found last. Any thread.</summary>
    public DataPlaneHealth Health => _health;

    /// <summary>Looks at once, and from then on in every interval. Idempotent: a second row of looks would count failures twice.</summary>
    public void Start()
    {
        if (Interlocked.Exchange(ref _hasStarted, 1) == 0)
        {
            _ = Task.Run(RunAsync);
        }
    }

    /// <summary>Ends it. What was found last stays.</summary>
    public void Dispose() => _stop.Cancel();

    /// <summary>Looks once. One call at a time, and none after <see cref="Start"/>.</summary>
    /// <exception cref="OperationCanceledException">It was disposed of.</exception>
    public async Task<DataPlaneHealth> LookAsync()
    {
        using var places = new SemaphoreSlim(AtOnce);
        List<Task<ListenerAnswer>> questions = [.. _options.Listeners().Select(listener => AskAsync(listener, places))];
        if (_options.Workers is { } workers)
        {
            questions.Add(AskAsync(workers));
        }

        DataPlaneHealth before = _health;
        DataPlaneHealth next = before.After(await Task.WhenAll(questions));
        _stop.Token.ThrowIfCancellationRequested();
        _health = next;
        if (before.IsServing != next.IsServing)
        {
            _options.Changed(next);
        }

        return next;
    }

    private async Task RunAsync()
    {
        try
        {
            // A look that takes longer than the interval is followed by the next at once.
            using var timer = new PeriodicTimer(_options.Interval);
            do
            {
                await LookAsync();
            }
            while (await timer.WaitForNextTickAsync(_stop.Token));
        }
        catch (OperationCanceledException)
        {
            // It was ended.
        }
    }

    private async Task<ListenerAnswer> AskAsync(ProbedListener listener, SemaphoreSlim places)
    {
        await places.WaitAsync(_stop.Token);
        try
        {
            (ProbeOutcome outcome, string detail) = await LimitAsync(token => ListenerKnock.RunAsync(listener, token));
            return new ListenerAnswer($"listener {listener.Name}", outcome, detail) { Address = $"{listener.Address}" };
        }
        finally
        {
            places.Release();
        }
    }

    private async Task<ListenerAnswer> AskAsync(Func<CancellationToken, Task<bool>> workers)
    {
        (ProbeOutcome outcome, string detail) = await LimitAsync(async token =>
            (await workers(token).WaitAsync(token) ? ProbeOutcome.Passed : ProbeOutcome.Failed, "one takes no turn"));
        return new ListenerAnswer("workers", outcome, detail);
    }

    private async Task<(ProbeOutcome Outcome, string Detail)> LimitAsync(
        Func<CancellationToken, Task<(ProbeOutcome Outcome, string Detail)>> ask)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        limit.CancelAfter(_options.Limit);
        try
        {
            return await ask(limit.Token);
        }
        catch (OperationCanceledException) when (!_stop.IsCancellationRequested)
        {
            return (ProbeOutcome.Failed, string.Create(CultureInfo.InvariantCulture, $"no answer within {_options.Limit.TotalMilliseconds:0} ms"));
        }
    }
}
