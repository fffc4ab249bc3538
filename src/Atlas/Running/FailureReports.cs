using System.Globalization;
using Atlas.Control.Health;
using Atlas.Control.Pools;
using Atlas.Core.Configuration;
using Atlas.Core.Health;
using Atlas.Core.Resilience;
using Atlas.Proxy.Snapshots;

namespace Atlas.Running;

/// <summary>Takes what workers find of failing servers and pools to where it is decided and told, away from their
/// threads.</summary>
internal sealed class FailureReports : IPoolObserver, IDisposable
{
    private readonly Action<HealthEvent> _changed;
    private readonly OutlierWatch _outliers;
    private volatile ProxySnapshot _snapshot = ProxySnapshot.Empty;

    /// <summary>Knows no pool yet.</summary>
    /// <param name="changed">Takes each change, on any thread.</param>
    /// <param name="pools">Takes ejections.</param>
    internal FailureReports(Action<HealthEvent> changed, PoolWatch pools)
    {
        _changed = changed;
        _outliers = new OutlierWatch(
            new HealthOptions { Changed = changed },
            (server, tell) => pools.SetEjected(server.Server, server.Outliers.IsEjected, reason: "", tell));
    }

    public void ServerSuspected(string pool, ServerState server) => Queue(() => _outliers.Look(pool));

    public void CircuitChanged(string pool, CircuitState from, CircuitState to) => Queue(() => _changed(
        new HealthEvent(pool, null, StateOf(from), StateOf(to), HealthEventReason.RealRequests, WhyOf(pool, to))
        {
            AtUnixMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(),
        }));

    public void Dispose() => _outliers.Dispose();

    /// <summary>A health check of a server passed: its ejection may end.</summary>
    internal void CheckPassed(string pool, ServerState server)
    {
        if (server.Outliers.CheckPassed())
        {
            _outliers.Look(pool);
        }
    }

    /// <summary>Goes on with a configuration that took effect. O(servers).</summary>
    internal void Apply(AtlasConfig config, ProxySnapshot snapshot)
    {
        _snapshot = snapshot;
        _outliers.Apply(config.Pools.Zip(snapshot.Pools, (written, pool) => new OutlierPool(
            pool.Name,
            written.OutlierDetection,
            [.. pool.Servers.Select(server => new OutlierServer(server.Balancing, server.Outliers))])));
    }

    /// <summary>Why a circuit breaker has opened, for how long at first; nothing of other changes.</summary>
    private string WhyOf(string pool, CircuitState to) =>
        to == CircuitState.Open
        && _snapshot.Pools.FirstOrDefault(known => known.Name == pool)?.CircuitBreaker is CircuitBreaker breaker
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"for {breaker.Config.OpenForMs / 1000.0:0.###}s: {breaker.Look(Environment.TickCount64).Reason}").TrimEnd(' ', ':')
            : "";

    private static void Queue(Action work) => ThreadPool.UnsafeQueueUserWorkItem(static work => work(), work, preferLocal: false);

    private static HealthEventState StateOf(CircuitState state) => state switch
    {
        CircuitState.Closed => HealthEventState.Closed,
        CircuitState.Open => HealthEventState.Open,
        CircuitState.HalfOpen => HealthEventState.HalfOpen,
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };
}
