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
    public ListenerMetrics Listener(string name)
    {
        lock (_lock)
        {
            if (_listeners.TryGetValue(name, out ListenerMetrics? listener))
            {
                return listener;
            }

            if (IsFull())
            {
                return _otherListeners;
            }

            listener = new ListenerMetrics(name, Workers);
            _listeners.Add(name, listener);
            return listener;
        }
    }

    /// <summary>The numbers of a UDP listener, the same for the same name, so that they survive a reload.</summary>
    public UdpMetrics Udp(string name)
    {
        lock (_lock)
        {
            if (_udp.TryGetValue(name, out UdpMetrics? metrics))
            {
                return metrics;
            }

            if (IsFull())
            {
                return _otherUdp;
            }

            metrics = new UdpMetrics(name, Workers);
            _udp.Add(name, metrics);
            return metrics;
        }
    }

    /// <summary>The numbers of a server, the same for the same names, so that they survive a reload.</summary>
    public ServerMetrics Server(string pool, string server)
    {
        lock (_lock)
        {
            if (_servers.TryGetValue((pool, server), out ServerMetrics? metrics))
            {
                return metrics;
            }

            if (IsFull())
            {
                return _otherServers;
            }

            metrics = new ServerMetrics(pool, server, Workers);
            _servers.Add((pool, server), metrics);
            return metrics;
        }
    }

    /// <summary>The numbers of a route, the same for the same names, so that they survive a reload.</summary>
    public RouteMetrics Route(string listener, string route)
    {
        lock (_lock)
        {
            if (_routes.TryGetValue((listener, route), out RouteMetrics? metrics))
            {
                return metrics;
            }

            if (IsFull())
            {
                return _otherRoutes;
            }

            metrics = new RouteMetrics(listener, route, Workers);
            _routes.Add((listener, route), metrics);
            return metrics;
        }
    }

    /// <summary>The numbers of a store, the same for the same name, so that they survive a reload. They are few, and not bounded
    /// here.</summary>
    public StoreMetrics Store(string name)
    {
        lock (_lock)
        {
            if (!_stores.TryGetValue(name, out StoreMetrics? metrics))
            {
                _stores.Add(name, metrics = new StoreMetrics(name, Workers));
            }

            return metrics;
        }
    }

    /// <summary>Forgets the numbers of stores that the configuration no longer has, as <see cref="Prune"/> does those of
    /// others.</summary>
    public void PruneStores(Func<string, bool> keep)
    {
        lock (_lock)
        {
            foreach (string name in _stores.Keys.Where(name => !keep(name)).ToArray())
            {
                _stores.Remove(name);
            }
        }
    }

    /// <summary>Forgets the numbers of what the configuration no longer has; counters that were handed out go on counting
    /// unseen.</summary>
    /// <param name="keepListener">Whether a listener of that name is configured.</param>
    /// <param name="keepServer">Whether a server of that pool and name is configured.</param>
    /// <param name="keepRoute">Whether a route of that listener and name is configured.</param>
    public void Prune(Func<string, bool> keepListener, Func<string, string, bool> keepServer, Func<string, string, bool> keepRoute)
    {
        lock (_lock)
        {
            foreach (string name in _listeners.Keys.Where(name => !keepListener(name)).ToArray())
            {
                _listeners.Remove(name);
            }

            foreach (string name in _udp.Keys.Where(name => !keepListener(name)).ToArray())
            {
                _udp.Remove(name);
            }

            foreach ((string Pool, string Server) key in _servers.Keys.Where(k => !keepServer(k.Pool, k.Server)).ToArray())
            {
                _servers.Remove(key);
            }

            foreach ((string Listener, string Route) key in _routes.Keys.Where(k => !keepRoute(k.Listener, k.Route)).ToArray())
            {
                _routes.Remove(key);
            }
        }
    }

    /// <summary>Writes all families.</summary>
    public void WriteTo(IMetricWriter writer)
    {
        ListenerMetrics[] listeners;
        RouteMetrics[] routes;
        ServerMetrics[] servers;
        UdpMetrics[] udp;
        StoreMetrics[] stores;
        lock (_lock)
        {
            listeners = [.. _listeners.Values];
            routes = [.. _routes.Values];
            servers = [.. _servers.Values];
            udp = [.. _udp.Values];
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
