using Atlas.Core.Resilience;
using Atlas.Core.Telemetry;
using Atlas.Proxy.Snapshots;

namespace Atlas.Running;

/// <summary>The metrics of pools as a whole.</summary>
internal static class PoolFamilies
{
    private static readonly (CircuitState State, string Name)[] States =
        [(CircuitState.Closed, "closed"), (CircuitState.Open, "open"), (CircuitState.HalfOpen, "half_open")];

    internal static void Write(IMetricWriter writer, ProxySnapshot snapshot)
    {
        // The clock of workers: on Linux both count from the machine's start.
        long nowMs = Environment.TickCount64;
        Family("queue_length", "Requests that wait for a server with room.", MetricKind.Gauge, pool => pool.Queue.Length);
        Family("queued_total", "Requests that had to wait.", MetricKind.Counter, pool => pool.Queue.Entered);
        Family("queue_refused_total", "Requests that found the queue full.", MetricKind.Counter, pool => pool.Queue.Refused);
        Family("queue_timeouts_total", "Requests that waited in vain.", MetricKind.Counter, pool => pool.Queue.TimedOut);
        Family("retries_active", "Retries under way.", MetricKind.Gauge, pool => pool.RetryBudget.Retries);
        Family(
            "circuit_open",
            "Whether the circuit breaker keeps requests from the pool now.",
            MetricKind.Gauge,
            pool => pool.CircuitBreaker?.RetryAfterMs(nowMs) > 0 ? 1 : 0);
        WriteStates(writer, snapshot, nowMs);

        void Family(string name, string help, MetricKind kind, Func<PoolSnapshot, long> value)
        {
            writer.Family("atlas_pool_" + name, help, kind);
            foreach (PoolSnapshot pool in snapshot.Pools)
            {
                writer.Sample(value(pool), new MetricLabel("pool", pool.Name));
            }
        }
    }

    private static void WriteStates(IMetricWriter writer, ProxySnapshot snapshot, long nowMs)
    {
        writer.Family(
            "atlas_pool_circuit_state", "1 for the state of a pool's circuit breaker, 0 for the others.", MetricKind.Gauge);
        foreach (PoolSnapshot pool in snapshot.Pools)
        {
            if (pool.CircuitBreaker is CircuitBreaker breaker)
            {
                CircuitState now = breaker.Look(nowMs).State;
                foreach ((CircuitState state, string name) in States)
                {
                    writer.Sample(state == now ? 1 : 0, new MetricLabel("pool", pool.Name), new MetricLabel("state", name));
                }
            }
        }
    }
}
