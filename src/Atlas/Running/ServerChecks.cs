using Atlas.Control.Health;
using Atlas.Control.Pools;
using Atlas.Core.Balancing;
using Atlas.Core.Configuration;
using Atlas.Core.Health;
using Atlas.Proxy.Snapshots;
using Atlas.Running.Tls;

namespace Atlas.Running;

/// <summary>Brings the health checks and the servers of the data plane together.</summary>
internal static class ServerChecks
{
    /// <summary>The servers to check. O(servers).</summary>
    /// <param name="config">The configuration that takes effect.</param>
    /// <param name="snapshot">Its snapshots: the same pools and servers, in the same order.</param>
    /// <param name="before">The snapshots before; their servers are known.</param>
    /// <param name="pools">Takes what is found.</param>
    /// <param name="failures">Hears of checks that passed.</param>
    /// <param name="tls">What TLS goes by.</param>
    internal static IEnumerable<CheckedServer> Of(
        AtlasConfig config, ProxySnapshot snapshot, ProxySnapshot before, PoolWatch pools, FailureReports failures, TlsContexts tls)
    {
        var known = before.Pools.SelectMany(pool => pool.Servers).ToHashSet();
        foreach ((PoolConfig written, PoolSnapshot pool) in config.Pools.Zip(snapshot.Pools))
        {
            foreach ((ServerConfig server, ServerState state) in written.Servers.Zip(pool.Servers))
            {
                if (TargetOf(written, server, tls) is ProbeTarget target)
                {
                    yield return new CheckedServer(
                        target, known.Contains(state), (isUp, tell) => pools.SetUp(state.Balancing, isUp, tell))
                    {
                        IsMissed = () => pool.Balancer.Current.Roster.Group is RosterGroup.Panic or RosterGroup.None,
                        FoundUnreachable = isUnreachable => pools.SetUnreachable(state.Balancing, isUnreachable),
                        Passed = () => failures.CheckPassed(target.Pool, state),
                    };
                }
            }
        }
    }

    /// <summary>Lets servers without a check take requests, whatever an earlier check found. To be called once that check has
    /// stopped. O(servers).</summary>
    internal static void Release(AtlasConfig config, ProxySnapshot snapshot, PoolWatch pools, TlsContexts tls)
    {
        foreach ((ProbeTarget? target, ServerState state) in Each(config, snapshot, tls))
        {
            if (target is null)
            {
                pools.SetUp(state.Balancing, isUp: true);
            }
        }
    }

    /// <summary>Has servers in maintenance not be probed. To be called while nobody changes their states. O(servers).</summary>
    internal static void Pause(AtlasConfig config, ProxySnapshot snapshot, HealthChecks checks, TlsContexts tls)
    {
        foreach ((ProbeTarget? target, ServerState state) in Each(config, snapshot, tls))
        {
            if (target is not null)
            {
                checks.Pause(target, state.Balancing.Admin == AdminState.Maintenance);
            }
        }
    }

    /// <summary>What is checked of a server; null: nothing.</summary>
    internal static ProbeTarget? TargetOf(PoolConfig pool, ServerConfig server, TlsContexts tls) =>
        pool.HealthCheck is HealthCheckConfig check && server.Address is ServerAddress address
            ? new ProbeTarget(
                pool.Name,
                server.Name,
                address,
                check,
                pool.SendProxyProtocol,
                tls.ProbesOf(pool.Name) is { } probes ? new ProbeSecurity(probes, NameOf(pool, server)) : null,
                pool.Protocol == UpstreamProtocol.Http2)
            : null;

    // As requests have it.
    private static string? NameOf(PoolConfig pool, ServerConfig server) =>
        pool.Tls?.ServerName ?? server.HostName ?? server.Address!.Ip?.ToString();

    private static IEnumerable<(ProbeTarget? Target, ServerState State)> Each(AtlasConfig config, ProxySnapshot snapshot, TlsContexts tls) =>
        config.Pools.Zip(snapshot.Pools).SelectMany(pools => pools.First.Servers.Zip(
            pools.Second.Servers, (server, state) => (TargetOf(pools.First, server, tls), state)));
}
