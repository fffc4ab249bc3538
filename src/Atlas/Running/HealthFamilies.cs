using Atlas.Control.Health;
using Atlas.Core.Configuration;
using Atlas.Core.Telemetry;
using Atlas.Proxy.Snapshots;

namespace Atlas.Running;

/// <summary>The metrics of the servers' health.</summary>
internal static class HealthFamilies
{
    internal static void Write(IMetricWriter writer, AtlasInstance instance)
    {
        writer.Family(
            "atlas_server_up", "Whether health checks let a server take requests; 1 where there are none.", MetricKind.Gauge);
        foreach (PoolSnapshot pool in instance.Snapshot.Pools)
        {
            foreach (ServerState server in pool.Servers)
            {
                writer.Sample(
                    server.Balancing.IsUp ? 1 : 0, new MetricLabel("pool", pool.Name), new MetricLabel("server", server.Name));
            }
        }

        writer.Family("atlas_server_ejected", "Whether a server is left out for failing real requests.", MetricKind.Gauge);
        foreach (PoolSnapshot pool in instance.Snapshot.Pools)
        {
            foreach (ServerState server in pool.Servers)
            {
                writer.Sample(
                    server.Balancing.IsEjected ? 1 : 0,
                    new MetricLabel("pool", pool.Name),
                    new MetricLabel("server", server.Name));
            }
        }

        writer.Family("atlas_health_checks_total", "Probes of a server that ended, by their result.", MetricKind.Counter);
        foreach (PoolConfig pool in instance.Running.Pools)
        {
            foreach (ServerConfig server in pool.Servers)
            {
                if (ServerChecks.TargetOf(pool, server, instance.Tls) is ProbeTarget target
                    && instance.Health.Find(target) is HealthReport report)
                {
                    Write(writer, target, "passed", report.Passed);
                    Write(writer, target, "failed", report.Failed);
                }
            }
        }
    }

    private static void Write(IMetricWriter writer, ProbeTarget target, string result, long value) =>
        writer.Sample(
            value,
            new MetricLabel("pool", target.Pool),
            new MetricLabel("server", target.Server),
            new MetricLabel("result", result));
}
