namespace Atlas.Control.Pools;

/// <summary>What a <see cref="PoolWatch"/> needs.</summary>
public sealed record PoolWatchOptions
{
    /// <summary>The clock of events, and the timers.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The clock in ms that the balancers were made by; it never goes back.</summary>
    public Func<long> NowMs { get; init; } = () => Environment.TickCount64;

    /// <summary>Hears of each change, in order and one at a time, on any thread. Must not block, nor call the watch.</summary>
    public Action<PoolChange> Changed { get; init; } = _ => { };

    /// <summary>Hears whenever a pool gives its servers other shares, before <see cref="Changed"/> tells why: also of steps of slow
    /// starts, of which nothing is told. Must not block, nor call the watch.</summary>
    public Action RosterChanged { get; init; } = () => { };
}
