using Atlas.Core.Routing;

namespace Atlas.Proxy.Snapshots;

/// <summary>Pools that share a route's requests by weight: immutable.</summary>
/// <param name="parts">The pools with their weights, 0 to <see cref="SplitTable.MaxWeight"/> and not all 0.</param>
/// <param name="isSticky">Whether a client stays with the pool that it got.</param>
public sealed class SplitSnapshot(IReadOnlyList<(PoolSnapshot Pool, int Weight)> parts, bool isSticky)
{
    private readonly PoolSnapshot[] _pools = [.. parts.Select(part => part.Pool)];
    private readonly SplitTable _table = new([.. parts.Select(part => part.Weight)]);

    /// <summary>The pools in the order of the configuration.</summary>
    public IReadOnlyList<PoolSnapshot> Pools => _pools;

    /// <summary>Whether a client stays with the pool that it got.</summary>
    public bool IsSticky { get; } = isSticky;

    /// <summary>The pool for a point.</summary>
    /// <param name="point">Uniform over all values: random, or the same for the same client.</param>
    internal PoolSnapshot Choose(ulong point) => _pools[_table.Choose(point)];

    /// <summary>The same of other pools.</summary>
    internal SplitSnapshot With(Func<PoolSnapshot, PoolSnapshot> next) =>
        new([.. parts.Select(part => (next(part.Pool), part.Weight))], IsSticky);
}
