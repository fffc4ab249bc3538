namespace Atlas.Core.Health;

/// <summary>
/// A server's ejections so far. Immutable. The n-th in a row lasts n times as long, up to <see cref="MaxMs"/>; each
/// <c>eject_for</c> that passes between two takes one off n (the scheme of Envoy's outlier detection).
/// </summary>
public readonly record struct Ejection
{
    /// <summary>Milliseconds to which ejections grow (Envoy's default), or <c>eject_for</c>, if that is longer.</summary>
    public const int MaxMs = 300_000;

    // So much of an ejection is left to chance, so that servers which failed together do not come back together.
    private const double Jitter = 0.1;

    private Ejection(int times, long sinceMs, long untilMs)
    {
        Times = times;
        SinceMs = sinceMs;
        UntilMs = untilMs;
    }

    /// <summary>The last ejection's place in the row; 0: there was none.</summary>
    public int Times { get; }

    /// <summary>When the last one began.</summary>
    public long SinceMs { get; }

    /// <summary>When the last one ends, or ended.</summary>
    public long UntilMs { get; }

    /// <summary>The ejections with one that begins now.</summary>
    /// <param name="nowMs">Milliseconds of a monotonic clock; not during the one before.</param>
    /// <param name="ejectForMs">How long a first ejection lasts, at least 1.</param>
    /// <param name="random">Uniform from 0 to 1: up to a tenth of the time is taken off.</param>
    public Ejection Next(long nowMs, int ejectForMs, double random)
    {
        long forgiven = Math.Max(nowMs - UntilMs, 0) / ejectForMs;
        int times = (int)Math.Max(Times - forgiven, 0) + 1;
        double longestMs = Math.Min((double)ejectForMs * times, Math.Max(MaxMs, ejectForMs));
        return new Ejection(times, nowMs, nowMs + (long)Math.Ceiling(longestMs * (1 - (Jitter * random))));
    }

    /// <summary>The ejections with the last one ended now, before its time.</summary>
    public Ejection EndedAt(long nowMs) => new(Times, SinceMs, nowMs);
}
