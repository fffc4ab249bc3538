using Atlas.Core.Resilience;
using Atlas.Core.Telemetry;
using Atlas.Proxy.Snapshots;

namespace Atlas.Running;

/// <summary>The metrics of pools as a whole.</summary>
internal static class PoolFamilies
{
    internal static void Write(IMetricWriter writer, ProxySnapshot snapshot)
    {
        Family("queue_length", "Requests that wait for a server with room.", MetricKind.Gauge, pool => pool.Queue.Length);
        Family("queued_total", "Requests that had to wait.", MetricKind.Counter, pool => pool.Queue.Entered);
        Family("queue_refused_total", "Requests that found the queue full.", MetricKind.Counter, pool => pool.Queue.Refused);
        Family("queue_timeouts_total", "Requests that waited in vain.", MetricKind.Counter, pool => pool.Queue.TimedOut);
        Family("retries_active", "Retries under way.", MetricKind.Gauge, pool => pool.RetryBudget.Retries);
        Family(
            "circuit_open",
            "Whether the circuit breaker keeps requests from the pool, but for one that tries.",
            MetricKind.Gauge,
            pool => pool.CircuitBreaker is { State: not CircuitState.Closed } ? 1 : 0);

        void Family(string name, string help, MetricKind kind, Func<PoolSnapshot, long> value)
        {
            writer.Family("atlas_pool_" + name, help, kind);
            foreach (PoolSnapshot pool in snapshot.Pools)
            {
                writer.Sample(value(pool), new MetricLabel("pool", pool.Name));
            }
        }
    }
}
