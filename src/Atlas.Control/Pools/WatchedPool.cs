using Atlas.Core.Balancing;
using Atlas.Core.Configuration;

namespace Atlas.Control.Pools;

/// <summary>A pool of a configuration that took effect.</summary>
/// <param name="Config">What the file says of it.</param>
/// <param name="Balancer">Who picks among its servers.</param>
/// <param name="Servers">The servers, in the order of the file.</param>
public sealed record WatchedPool(PoolConfig Config, PoolBalancer Balancer, IReadOnlyList<BalancedServer> Servers);
