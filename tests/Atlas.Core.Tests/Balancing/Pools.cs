using Atlas.Core.Balancing;
using Atlas.Core.Configuration;

namespace Atlas.Core.Tests.Balancing;

/// <summary>Pools for tests.</summary>
internal static class Pools
{
    /// <summary>A pool of servers s0, s1, … that are all usable.</summary>
    internal static PoolBalancer Of(BalanceAlgorithm algorithm, int servers) =>
        Of(algorithm, [.. Enumerable.Range(0, servers).Select(i => new BalancedServer($"s{i}"))]);

    internal static PoolBalancer Of(BalanceAlgorithm algorithm, IReadOnlyList<BalancedServer> servers, double panic = 0.5) =>
        new(algorithm, servers, new RosterOptions(panic, SlowStartMs: 0), previous: null, nowMs: 0);
}
