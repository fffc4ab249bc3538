using Atlas.Admin.Reports;
using Atlas.Core.Telemetry;
using Atlas.Proxy.Snapshots;
using Atlas.Proxy.Stores;

namespace Atlas.Running;

/// <summary>Tells how stores are, once for each change: workers find out one after the other. Away from their threads.</summary>
/// <param name="tell">Takes each change.</param>
/// <param name="servers">Who knows where they are.</param>
internal sealed class StoreReports(Action<StoreEvent> tell, StoreServers servers) : IStoreObserver, IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, StoreCondition> _told = new(StringComparer.Ordinal);
    private IReadOnlyList<StoreState> _stores = [];

    /// <summary>Tells of the stores of a snapshot from now on, and of no others.</summary>
    internal void Apply(ProxySnapshot snapshot)
    {
        lock (_lock)
        {
            _stores = snapshot.Stores;
            servers.Apply(_stores);
            foreach (string name in _told.Keys.Where(name => !_stores.Any(store => store.Name == name)).ToArray())
            {
                _told.Remove(name);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Workers that end lose their connections, of which nobody needs to be told.
        Apply(ProxySnapshot.Empty);
        servers.Dispose();
    }

    /// <inheritdoc/>
    public void ServersMoved(StoreState store) =>
        ThreadPool.UnsafeQueueUserWorkItem(static state => state.Servers.Hurry(state.Store), (Servers: servers, Store: store), preferLocal: false);

    /// <inheritdoc/>
    public void StoreChanged(StoreState store) =>
        ThreadPool.UnsafeQueueUserWorkItem(static state => state.Reports.Tell(state.Store), (Reports: this, Store: store), preferLocal: false);

    /// <summary>How a store is.</summary>
    internal static StoreReport Of(StoreState store)
    {
        StoreHealth health = store.Redis is null ? StoreHealth.Up : store.Health;
        return new StoreReport
        {
            Name = store.Name,
            Type = store.Redis is null ? "memory" : "redis",
            State = WordOf(health.Condition),
            Reason = health.Reason.Length > 0 ? health.Reason : null,
            Servers = store.Redis is null ? null : [.. store.Topology.Nodes.Select(node => node.ToString())],
        };
    }

    /// <summary>Writes how the stores of Redis are.</summary>
    internal static void Write(IMetricWriter writer, ProxySnapshot snapshot)
    {
        StoreState[] stores = [.. snapshot.Stores.Where(store => store.Redis is not null)];
        if (stores.Length == 0)
        {
            return;
        }

        writer.Family("atlas_store_state", "1 for the state that a store is in, 0 for the others.", MetricKind.Gauge);
        foreach (StoreState store in stores)
        {
            StoreCondition condition = store.Health.Condition;
            foreach (StoreCondition one in Enum.GetValues<StoreCondition>())
            {
                writer.Sample(one == condition ? 1 : 0, new MetricLabel("store", store.Name), new MetricLabel("state", WordOf(one)));
            }
        }
    }

    private static string WordOf(StoreCondition condition) => condition.ToString().ToLowerInvariant();

    /// <summary>Tells how a store is, if it is otherwise than was told last.</summary>
    internal void Tell(StoreState store)
    {
        lock (_lock)
        {
            StoreHealth health = store.Health;
            if (health.Condition is StoreCondition.Slow or StoreCondition.Down)
            {
                servers.Hurry(store);
            }

            // That a store comes up at the start is what everybody expects.
            StoreCondition told = _told.GetValueOrDefault(store.Name, StoreCondition.Up);
            if (health.Condition == told || health.Condition == StoreCondition.Connecting || !_stores.Contains(store))
            {
                return;
            }

            _told[store.Name] = health.Condition;
            tell(new StoreEvent(DateTimeOffset.UtcNow, store.Name, health));
        }
    }
}
