using Atlas.Core.Routing;
using Atlas.Engine.Workers;
using Atlas.Protocols.Http;
using Atlas.Protocols.Http2;
using Atlas.Proxy.Connections;
using Atlas.Proxy.Forwarding;
using Atlas.Proxy.Http2;
using Atlas.Proxy.Metrics;
using Atlas.Proxy.Mirroring;
using Atlas.Proxy.Relaying;
using Atlas.Proxy.Snapshots;
using Atlas.Proxy.Stores;
using Atlas.Proxy.Upstream;

namespace Atlas.Proxy.Http;

/// <summary>What the sessions of one worker share: free exchanges, connections to servers, the date. Used on the
/// worker's thread only.</summary>
/// <param name="loop">The worker's.</param>
/// <param name="resets">Counts the resets of clients, for all workers.</param>
internal sealed class WorkerContext(EventLoop loop, ClientResets? resets = null)
{
    // Exchanges kept for the next requests; a peak beyond it is left to the collector.
    private const int MaxFree = 1024;

    // Listeners have the defaults, or one of few others.
    private const int MaxHttp2Limits = 16;

    private readonly Stack<Exchange> _free = new();
    private readonly Dictionary<ServerState, ServerConnections> _connections = [];
    private readonly Dictionary<StoreState, RedisClient> _redis = [];
    private readonly Dictionary<HttpListener, ListenerView> _views = [];
    private readonly byte[] _date = new byte[HttpDate.Length];
    private Mirrors? _mirrors;
    private readonly Dictionary<Http2Limits, Http2Memory> _http2 = [];
    private Http2Memory? _upstreamHttp2;
    private long _dateSecond = -1;

    internal EventLoop Loop { get; } = loop;

    /// <summary>Counts the resets of clients.</summary>
    internal ClientResets Resets { get; } = resets ?? new ClientResets();

    /// <summary>The worker's number, from 0, by which it finds its part of counters and logs.</summary>
    internal int Index => Loop.Index;

    internal SessionList<IClientSession> Sessions { get; } = new();

    internal LingeringConnections Lingering { get; } = new();

    /// <summary>Memory for finding routes.</summary>
    internal RouteScratch RouteScratch { get; } = new();

    /// <summary>What the worker's HTTP/2 connections of clients share that have the same limits.</summary>
    internal Http2Memory Http2(Http2Limits limits)
    {
        if (!_http2.TryGetValue(limits, out Http2Memory? memory))
        {
            // Reloads may bring ever new limits; connections keep what they have.
            if (_http2.Count >= MaxHttp2Limits)
            {
                _http2.Clear();
            }

            _http2[limits] = memory = new Http2Memory(limits);
        }

        return memory;
    }

    /// <summary>What the worker's HTTP/2 connections to servers share.</summary>
    internal Http2Memory UpstreamHttp2 => _upstreamHttp2 ??= new Http2Memory(UpstreamHttp2Limits.Default);

    /// <summary>Copies of requests that are under way.</summary>
    internal Mirrors Mirrors => _mirrors ??= new Mirrors(this);

    /// <summary>Memory for the forms of paths.</summary>
    internal PathScratch Paths { get; } = new();

    /// <summary>A random number of milliseconds, as many below 0 as above.</summary>
    internal int Jitter(int ms) => Loop.Random.Next(-ms, ms + 1);

    /// <summary>A random number of milliseconds from 0 up to and without this one; 0 for 0.</summary>
    internal int Below(int ms) => Loop.Random.Next(ms);

    /// <summary>A random number from 0 to below 1.</summary>
    internal double RandomShare() => Loop.Random.NextDouble();

    internal ulong RandomBits() => (ulong)Loop.Random.NextInt64(long.MinValue, long.MaxValue);

    internal Exchange RentExchange() => _free.TryPop(out Exchange? exchange) ? exchange : new Exchange();

    internal void Return(Exchange exchange)
    {
        exchange.Reset();
        if (_free.Count < MaxFree)
        {
            _free.Push(exchange);
        }
    }

    internal ListenerView ViewOf(HttpListener listener)
    {
        HttpListenerSnapshot snapshot = listener.Snapshot;
        if (!_views.TryGetValue(listener, out ListenerView? view) || view.ListenerName != snapshot.Name)
        {
            // A listener that a reload renamed counts under its new name from here on.
            view = new ListenerView(snapshot.Name, snapshot.Metrics?.ForWorker(Index) ?? new ListenerCounters());
            _views[listener] = view;
        }

        return view;
    }

    internal ServerConnections To(ServerState server)
    {
        if (!_connections.TryGetValue(server, out ServerConnections? connections))
        {
            connections = new ServerConnections(server.Metrics?.ForWorker(Index) ?? new ServerCounters());

            // A request of an older snapshot may yet go to a forgotten server. The connection that it leaves behind closes by
            // itself, and nothing else is left of it.
            if (!server.IsForgotten)
            {
                _connections.Add(server, connections);
            }
        }

        return connections;
    }

    /// <summary>What the worker asks a store of Redis by. The first call for a store begins to connect.</summary>
    internal RedisClient Redis(StoreState store)
    {
        if (!_redis.TryGetValue(store, out RedisClient? client))
        {
            _redis.Add(store, client = new RedisClient(Loop, store));
            if (store.IsForgotten)
            {
                Retire(store);
            }
        }

        return client;
    }

    /// <summary>Connects to the servers that a store is on now.</summary>
    internal void Follow(StoreState store)
    {
        if (_redis.TryGetValue(store, out RedisClient? client))
        {
            client.Follow();
        }
    }

    /// <summary>Closes the connections to a store that no snapshot names any more, once the requests that began before have ended
    /// with it.</summary>
    internal void Retire(StoreState store)
    {
        if (_redis.TryGetValue(store, out RedisClient? client))
        {
            client.Retire(() => _redis.Remove(store));
        }
    }

    /// <summary>The Date of now, written anew once a second.</summary>
    internal ReadOnlySpan<byte> Date()
    {
        long second = Loop.NowMs / 1000;
        if (second != _dateSecond)
        {
            _dateSecond = second;
            HttpDate.Write(DateTimeOffset.UtcNow.ToUnixTimeSeconds(), _date);
        }

        return _date;
    }

    /// <summary>Forgets a listener that drains, once its last connection has ended.</summary>
    internal void ForgetIfDrained(HttpListener listener, ListenerView view)
    {
        if (listener.IsDraining && view.Sessions == 0)
        {
            _views.Remove(listener);
        }
    }

    /// <summary>Closes the unused connections to a server that no snapshot names any more. Those in use close by
    /// themselves, once unused for long enough.</summary>
    internal void Forget(ServerState server)
    {
        if (_connections.Remove(server, out ServerConnections? connections))
        {
            connections.CloseIdle();
        }
    }
}
