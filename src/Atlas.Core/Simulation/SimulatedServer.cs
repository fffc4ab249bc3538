namespace Atlas.Core.Simulation;

/// <summary>A server of a <see cref="PoolScenario"/>: it works on so many requests at once, and the others wait in the order in
/// which they came. For a part of the time it may be slow, or refuse requests. Times are in ms from the beginning.</summary>
public sealed record SimulatedServer
{
    /// <summary>Requests that it works on at once, at least 1.</summary>
    public int Slots { get; init; } = 4;

    /// <summary>How fast it works; with 0.5, requests take twice their cost.</summary>
    public double Speed { get; init; } = 1;

    /// <summary>Its weight in the pool.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>Requests that the proxy gives it at once; null: any number.</summary>
    public int? MaxConnections { get; init; }

    /// <summary>When it becomes slow.</summary>
    public long SlowFromMs { get; init; }

    /// <summary>When it is as fast as before; 0: it is never slow.</summary>
    public long SlowToMs { get; init; }

    /// <summary>How many times slower it is while it is slow.</summary>
    public double SlowFactor { get; init; } = 1;

    /// <summary>When it begins to refuse requests, which takes a millisecond each.</summary>
    public long FailsFromMs { get; init; }

    /// <summary>When it takes requests again; 0: it never fails.</summary>
    public long FailsToMs { get; init; }

    /// <summary>Whether it refuses requests at a time.</summary>
    internal bool FailsAt(long nowUs) => nowUs >= FailsFromMs * 1_000 && nowUs < FailsToMs * 1_000;

    /// <summary>How long a request takes that it begins to work on at a time.</summary>
    internal long TimeOf(long costUs, long nowUs)
    {
        bool isSlow = nowUs >= SlowFromMs * 1_000 && nowUs < SlowToMs * 1_000;
        return Math.Max((long)(costUs / Speed * (isSlow ? SlowFactor : 1)), 1);
    }
}
