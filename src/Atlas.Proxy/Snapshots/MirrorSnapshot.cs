namespace Atlas.Proxy.Snapshots;

/// <summary>Where copies of requests go: immutable.</summary>
/// <param name="pool">The pool, whose responses nobody gets.</param>
/// <param name="share">The share of requests that is copied, 0 to 1.</param>
public sealed class MirrorSnapshot(PoolSnapshot pool, double share)
{
    // The draw has 53 bits, as many as a double holds.
    private const int DrawBits = 53;

    private readonly ulong _limit = (ulong)(share * (1UL << DrawBits));

    /// <summary>The pool.</summary>
    public PoolSnapshot Pool { get; } = pool;

    /// <summary>Whether the request with this draw is copied.</summary>
    /// <param name="random">64 random bits.</param>
    internal bool Takes(ulong random) => random >> (64 - DrawBits) < _limit;

    /// <summary>The same to another pool.</summary>
    internal MirrorSnapshot With(Func<PoolSnapshot, PoolSnapshot> next) => new(next(Pool), share);
}
