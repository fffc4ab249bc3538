using Atlas.Admin.Reports;
using Atlas.Core.Telemetry;
using Atlas.Proxy.Snapshots;
using Atlas.Proxy.Stores;

namespace Atlas.Running.Stores;

/// <summary>Tells how stores are, once for each change that lasts: workers find out one after the other. Away from their threads.</summary>
internal sealed class StoreReports : IStoreObserver, IDisposable
{
    private readonly Action<StoreEvent> _tell;
    private readonly StoreServers _servers;
    private readonly TimeProvider _time;
    private readonly ITimer _later;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, StoreTold> _told = new(StringComparer.Ordinal);
    private IReadOnlyList<StoreState> _stores = [];

    /// <summary>Makes one that knows no stores.</summary>
    /// <param name="tell">Takes each change.</param>
    /// <param name="servers">Who knows where they are.</param>
    /// <param name="time">The clock; null: the system's.</param>
    internal StoreReports(Action<StoreEvent> tell, StoreServers servers, TimeProvider? time = null)
    {
        _tell = tell;
        _servers = servers;
        _time = time ?? TimeProvider.System;
        _later = _time.CreateTimer(static state => ((StoreReports)state!).TellLater(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Tells of the stores of a snapshot from now on, and of no others.</summary>
    internal void Apply(ProxySnapshot snapshot)
    {
        lock (_lock)
        {
            _stores = snapshot.Stores;
            _servers.Apply(_stores);
            foreach (string name in _told.Keys.Where(name => !_stores.Any(store => store.Name == name)).ToArray())
            {
                _told.Remove(name);
            }

            // One whose section has changed is another one, of which the last that was told may not be so any more.
            foreach (StoreState store in _stores.Where(store => _told.ContainsKey(store.Name)))
            {
                TellOf(store, store.Health);
            }

            Rearm();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Workers that end lose their connections, of which nobody needs to be told.
        Apply(ProxySnapshot.Empty);
        _servers.Dispose();
        _later.Dispose();
    }

    /// <inheritdoc/>
    public void ServersMoved(StoreState store) =>
        ThreadPool.UnsafeQueueUserWorkItem(static state => state.Servers.Hurry(state.Store), (Servers: _servers, Store: store), preferLocal: false);

    /// <inheritdoc/>
    public void StoreChanged(StoreState store) =>
        ThreadPool.UnsafeQueueUserWorkItem(static state => state.Reports.Tell(state.Store), (Reports: this, Store: store), preferLocal: false);

    /// <summary>How a store is.</summary>
    internal static StoreReport Of(StoreState store)
    {
        StoreHealth health = store.Health;
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

    /// <summary>Tells how a store is, if it is otherwise than was told last.</summary>
    internal void Tell(StoreState store)
    {
        lock (_lock)
        {
            StoreHealth health = store.Health;
            if (health.Condition is StoreCondition.Slow or StoreCondition.Down)
            {
                _servers.Hurry(store);
            }

            if (_stores.Contains(store))
            {
                TellOf(store, health);
                Rearm();
            }
        }
    }

    private static string WordOf(StoreCondition condition) => condition.ToString().ToLowerInvariant();

    private void TellLater()
    {
        lock (_lock)
        {
            foreach (StoreState store in _stores.Where(store => _told.ContainsKey(store.Name)))
            {
                TellOf(store, store.Health);
            }

            Rearm();
        }
    }

    private void TellOf(StoreState store, StoreHealth health)
    {
        if (!_told.TryGetValue(store.Name, out StoreTold? told))
        {
            told = new StoreTold();
            _told.Add(store.Name, told);
        }

        if (told.Take(health, _time.GetElapsedTime(0)))
        {
            _tell(new StoreEvent(_time.GetUtcNow(), store.Name, health));
        }
    }

    private void Rearm()
    {
        if (_told.Values.Min(told => told.Due) is { } due)
        {
            TimeSpan wait = due - _time.GetElapsedTime(0);
            _later.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }
}
