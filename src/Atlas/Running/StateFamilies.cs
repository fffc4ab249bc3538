using Atlas.Core.Balancing;
using Atlas.Core.Health;
using Atlas.Core.Telemetry;
using Atlas.Proxy.Snapshots;

namespace Atlas.Running;

/// <summary>The metrics of what is asked and found of servers, and of what comes of it for pools.</summary>
internal static class StateFamilies
{
    private static readonly AdminState[] States = [AdminState.Ready, AdminState.Drain, AdminState.Maintenance];

    internal static void Write(IMetricWriter writer, AtlasInstance instance)
    {
        IReadOnlyList<PoolSnapshot> pools = instance.Snapshot.Pools;
        WriteAdmin(writer, pools);
        Servers(
            writer,
            pools,
            "atlas_server_weight",
            "A server's share against the others of its pool: the configured one, or that of an operator.",
            (_, server, _) => server.Weight);
        Servers(
            writer,
            pools,
            "atlas_server_effective_weight",
            "What counts of the weight now: a part in slow start, 0 while the server takes no new requests.",
            (roster, _, i) => PoolReports.EffectiveWeight(roster, i));
        Servers(
            writer,
            pools,
            "atlas_server_drain_remaining",
            "Requests and tunnels left at a server that drains or is in maintenance; absent for others.",
            (_, server, _) => server.Admin == AdminState.Ready ? null : server.Active + server.Forwarded + server.Queued);
        Pools(
            writer,
            pools,
            "atlas_pool_usable_share",
            "How much of the weight of a pool's ready servers is usable, 0 to 1; backups do not count.",
            PoolReports.UsableShare);
        Pools(
            writer,
            pools,
            "atlas_pool_panic",
            "Whether so few servers of a pool are usable that their health is ignored.",
            pool => pool.Balancer.Current.Roster.Group == RosterGroup.Panic ? 1 : 0);
    }

    private static void WriteAdmin(IMetricWriter writer, IReadOnlyList<PoolSnapshot> pools)
    {
        writer.Family(
            "atlas_server_admin_state", "1 for the state that the operator wants of a server, 0 for the others.", MetricKind.Gauge);
        foreach (PoolSnapshot pool in pools)
        {
            foreach (ServerState server in pool.Servers)
            {
                AdminState admin = server.Balancing.Admin;
                foreach (AdminState state in States)
                {
                    writer.Sample(
                        state == admin ? 1 : 0,
                        new MetricLabel("pool", pool.Name),
                        new MetricLabel("server", server.Name),
                        new MetricLabel("state", state.ToString().ToLowerInvariant()));
                }
            }
        }
    }

    private static void Servers(
        IMetricWriter writer, IReadOnlyList<PoolSnapshot> pools, string name, string help, Func<Roster, BalancedServer, int, double?> value)
    {
        writer.Family(name, help, MetricKind.Gauge);
        foreach (PoolSnapshot pool in pools)
        {
            Roster roster = pool.Balancer.Current.Roster;
            for (int i = 0; i < pool.Servers.Count; i++)
            {
                if (value(roster, pool.Servers[i].Balancing, i) is double number)
                {
                    writer.Sample(number, new MetricLabel("pool", pool.Name), new MetricLabel("server", pool.Servers[i].Name));
                }
            }
        }
    }

    private static void Pools(
        IMetricWriter writer, IReadOnlyList<PoolSnapshot> pools, string name, string help, Func<PoolSnapshot, double> value)
    {
        writer.Family(name, help, MetricKind.Gauge);
        foreach (PoolSnapshot pool in pools)
        {
            writer.Sample(value(pool), new MetricLabel("pool", pool.Name));
        }
    }
}
