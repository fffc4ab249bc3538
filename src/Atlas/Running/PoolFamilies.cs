using Atlas.Core.Telemetry;
using Atlas.Proxy.Queueing;
using Atlas.Proxy.Snapshots;

namespace Atlas.Running;

/// <summary>The metrics of pools as a whole.</summary>
internal static class PoolFamilies
{
    internal static void Write(IMetricWriter writer, ProxySnapshot snapshot)
    {
        Family("queue_length", "Requests that wait for a server with room.", MetricKind.Gauge, queue => queue.Length);
        Family("queued_total", "Requests that had to wait.", MetricKind.Counter, queue => queue.Entered);
        Family("queue_refused_total", "Requests that found the queue full.", MetricKind.Counter, queue => queue.Refused);
        Family("queue_timeouts_total", "Requests that waited in vain.", MetricKind.Counter, queue => queue.TimedOut);

        void Family(string name, string help, MetricKind kind, Func<PoolQueue, long> value)
        {
            writer.Family("atlas_pool_" + name, help, kind);
            foreach (PoolSnapshot pool in snapshot.Pools)
            {
                writer.Sample(value(pool.Queue), new MetricLabel("pool", pool.Name));
            }
        }
    }
}
