using Atlas.Core.Telemetry;

namespace Atlas.Proxy.Metrics;

/// <summary>The numbers of the data plane. Labels are configured names only, and what is past a bound is counted under one
/// name together: no configuration and no peer can make the numbers grow without end. Any thread.</summary>
public sealed class ProxyMetrics
{
    /// <summary>Listeners, routes and servers that are counted by name, together. Each has some 60 series at most, so that a scrape
    /// stays below 300,000 lines.</summary>
    public const int DefaultMaxSubjects = 4_096;

    /// <summary>What the listeners, routes and servers past the bound are called.</summary>
    public const string OtherName = "(other)";

    private readonly Dictionary<string, ListenerMetrics> _listeners = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Pool, string Server), ServerMetrics> _servers = [];
    private readonly Dictionary<(string Listener, string Route), RouteMetrics> _routes = [];
    private readonly Dictionary<string, UdpMetrics> _udp = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SessionMetrics> _sessions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StoreMetrics> _stores = new(StringComparer.Ordinal);
    private readonly ListenerMetrics _otherListeners;
    private readonly UdpMetrics _otherUdp;
    private readonly RouteMetrics _otherRoutes;
    private readonly ServerMetrics _otherServers;
    private readonly int _maxSubjects;
    private readonly Lock _lock = new();
    private long _overflows;

    /// <summary>Makes metrics.</summary>
    /// <param name="workers">How many workers count.</param>
    /// <param name="maxSubjects">Listeners, routes and servers that are counted by name.</param>
    public ProxyMetrics(int workers, int maxSubjects = DefaultMaxSubjects)
    {
        Workers = workers;
        _maxSubjects = maxSubjects;
        _otherListeners = new ListenerMetrics(OtherName, workers);
        _otherUdp = new UdpMetrics(OtherName, workers);
        _otherRoutes = new RouteMetrics(OtherName, OtherName, workers);
        _otherServers = new ServerMetrics(OtherName, OtherName, workers);
    }

    /// <summary>How many workers count.</summary>
    public int Workers { get; }

    /// <summary>How often a name was asked for past the bound.</summary>
    public long Overflows => Volatile.Read(ref _overflows);

    /// <summary>The numbers of a listener, the same for the same name, so that they survive a reload.</summary>
    public ListenerMetrics Listener(string name) => Bounded(_listeners, name, _otherListeners, () => new ListenerMetrics(name, Workers));

    /// <summary>The numbers of a UDP listener, the same for the same name, so that they survive a reload.</summary>
    public UdpMetrics Udp(string name) => Bounded(_udp, name, _otherUdp, () => new UdpMetrics(name, Workers));

    /// <summary>The numbers of a server, the same for the same names, so that they survive a reload.</summary>
    public ServerMetrics Server(string pool, string server) =>
        Bounded(_servers, (pool, server), _otherServers, () => new ServerMetrics(pool, server, Workers));

    /// <summary>The numbers of a route, the same for the same names, so that they survive a reload.</summary>
    public RouteMetrics Route(string listener, string route) =>
        Bounded(_routes, (listener, route), _otherRoutes, () => new RouteMetrics(listener, route, Workers));

    /// <summary>The numbers of a session, the same for the same name, so that they survive a reload. They are as few as a configuration
    /// may have.</summary>
    internal SessionMetrics Session(string name) => Get(_sessions, name, () => new SessionMetrics(name, Workers));

    /// <summary>The numbers of a store, the same for the same name, so that they survive a reload. They are few, too.</summary>
    public StoreMetrics Store(string name) => Get(_stores, name, () => new StoreMetrics(name, Workers));

    /// <summary>Forgets the numbers of what the configuration no longer has; counters that were handed out go on counting
    /// unseen.</summary>
    /// <param name="keepListener">Whether a listener of that name is configured.</param>
    /// <param name="keepServer">Whether a server of that pool and name is configured.</param>
    /// <param name="keepRoute">Whether a route of that listener and name is configured.</param>
    public void Prune(Func<string, bool> keepListener, Func<string, string, bool> keepServer, Func<string, string, bool> keepRoute)
    {
        lock (_lock)
        {
            Keep(_listeners, keepListener);
            Keep(_udp, keepListener);
            Keep(_servers, key => keepServer(key.Pool, key.Server));
            Keep(_routes, key => keepRoute(key.Listener, key.Route));
        }
    }

    /// <summary>Forgets the numbers of stores and sessions that the configuration no longer has, as <see cref="Prune"/> does those of
    /// others, and sessions in memory with theirs.</summary>
    /// <param name="keepStore">Whether a store of that name is configured.</param>
    /// <param name="keepSession">Whether a session of that name is configured.</param>
    public void PruneState(Func<string, bool> keepStore, Func<string, bool> keepSession)
    {
        lock (_lock)
        {
            Keep(_stores, keepStore);
            Keep(_sessions, keepSession);
        }
    }

    /// <summary>Writes all families.</summary>
    public void WriteTo(IMetricWriter writer)
    {
        ListenerMetrics[] listeners;
        RouteMetrics[] routes;
        ServerMetrics[] servers;
        UdpMetrics[] udp;
        SessionMetrics[] sessions;
        StoreMetrics[] stores;
        lock (_lock)
        {
            listeners = [.. _listeners.Values];
            routes = [.. _routes.Values];
            servers = [.. _servers.Values];
            udp = [.. _udp.Values];
            sessions = [.. _sessions.Values];
            stores = [.. _stores.Values];
            if (_overflows > 0)
            {
                listeners = [.. listeners, _otherListeners];
                routes = [.. routes, _otherRoutes];
                servers = [.. servers, _otherServers];
                udp = [.. udp, _otherUdp];
            }
        }

        ListenerFamilies.Write(writer, listeners);
        RouteFamilies.Write(writer, routes);
        if (udp.Length > 0)
        {
            UdpFamilies.Write(writer, udp);
        }

        ServerFamilies.Write(writer, servers);
        if (sessions.Length > 0)
        {
            SessionFamilies.Write(writer, sessions);
        }

        if (stores.Length > 0)
        {
            StoreFamilies.Write(writer, stores);
        }

        writer.Family(
            "atlas_metrics_overflows_total",
            "Listeners, routes and servers that were counted together as (other), because there are too many.",
            MetricKind.Counter);
        writer.Sample(Overflows);
    }

    private static void Keep<TKey, T>(Dictionary<TKey, T> all, Func<TKey, bool> isKept)
        where TKey : notnull
    {
        foreach (TKey key in all.Keys.Where(key => !isKept(key)).ToArray())
        {
            all.Remove(key);
        }
    }

    private T Bounded<TKey, T>(Dictionary<TKey, T> all, TKey key, T other, Func<T> make)
        where TKey : notnull
    {
        lock (_lock)
        {
            return all.ContainsKey(key) || !IsFull() ? Get(all, key, make) : other;
        }
    }

    private T Get<TKey, T>(Dictionary<TKey, T> all, TKey key, Func<T> make)
        where TKey : notnull
    {
        lock (_lock)
        {
            if (!all.TryGetValue(key, out T? found))
            {
                found = make();
                all.Add(key, found);
            }

            return found;
        }
    }

    private bool IsFull()
    {
        bool isFull = _listeners.Count + _udp.Count + _routes.Count + _servers.Count >= _maxSubjects;
        if (isFull)
        {
            Volatile.Write(ref _overflows, _overflows + 1);
        }

        return isFull;
    }
}
