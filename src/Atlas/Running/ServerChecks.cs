using Atlas.Control.Health;
using Atlas.Core.Balancing;
using Atlas.Core.Configuration;
using Atlas.Proxy.Snapshots;

namespace Atlas.Running;

/// <summary>Brings the health checks and the servers of the data plane together.</summary>
internal static class ServerChecks
{
    /// <summary>The servers to check. O(servers).</summary>
    /// <param name="config">The configuration that takes effect.</param>
    /// <param name="snapshot">Its snapshots: the same pools and servers, in the same order.</param>
    /// <param name="before">The snapshots before; their servers are known.</param>
    /// <param name="failures">Hears of checks that passed.</param>
    internal static IEnumerable<CheckedServer> Of(AtlasConfig config, ProxySnapshot snapshot, ProxySnapshot before, FailureReports failures)
    {
        var known = before.Pools.SelectMany(pool => pool.Servers).ToHashSet();
        foreach ((ProbeTarget? target, ServerState state, PoolBalancer pool) in Each(config, snapshot))
        {
            if (target is not null)
            {
                yield return new CheckedServer(target, known.Contains(state), isUp => Turn(state, isUp, pool))
                {
                    Passed = () => failures.CheckPassed(target.Pool, state),
                };
            }
        }
    }

    /// <summary>Lets servers without a check take requests, whatever an earlier check found. To be called once that check has
    /// stopped. O(servers).</summary>
    internal static void Release(AtlasConfig config, ProxySnapshot snapshot)
    {
        foreach ((ProbeTarget? target, ServerState state, PoolBalancer pool) in Each(config, snapshot))
        {
            if (target is null)
            {
                Turn(state, isUp: true, pool);
            }
        }
    }

    /// <summary>What is checked of a server; null: nothing.</summary>
    internal static ProbeTarget? TargetOf(PoolConfig pool, ServerConfig server) =>
        pool.HealthCheck is HealthCheckConfig check && server.Address is ServerAddress address
            ? new ProbeTarget(pool.Name, server.Name, address, check)
            : null;

    private static void Turn(ServerState state, bool isUp, PoolBalancer pool)
    {
        lock (pool)
        {
            state.Balancing.IsUp = isUp;
            pool.Refresh(Environment.TickCount64);
        }
    }

    private static IEnumerable<(ProbeTarget? Target, ServerState State, PoolBalancer Pool)> Each(AtlasConfig config, ProxySnapshot snapshot) =>
        config.Pools.Zip(snapshot.Pools).SelectMany(pools => pools.First.Servers.Zip(
            pools.Second.Servers, (server, state) => (TargetOf(pools.First, server), state, pools.Second.Balancer)));
}
