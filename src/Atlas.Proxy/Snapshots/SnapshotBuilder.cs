using System.Net;
using System.Text;
using Atlas.Core.Balancing;
using Atlas.Core.Configuration;
using Atlas.Core.Resilience;
using Atlas.Engine.Tls;
using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;
using Atlas.Proxy.Logging;
using Atlas.Proxy.Metrics;
using Atlas.Proxy.Queueing;
using Atlas.Proxy.Retries;
using Atlas.Proxy.Stores;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Proxy.Snapshots;

/// <summary>Makes the data plane's snapshots from a configuration that was found valid and free of what this version does
/// not run. What stays the same across a reload stays the same object: a server (by pool, name and address) keeps its
/// counters and connections, a pool (by name) its place in the rotation and those who wait, a store (by all that is written of it) its
/// connections. Servers that are known already are
/// left as they are: whoever puts the snapshots in force has them take what the configuration says, since that may
/// fail.</summary>
public sealed class SnapshotBuilder
{
    private readonly AtlasConfig _config;
    private readonly ProxyMetrics? _metrics;
    private readonly IPoolObserver? _observer;
    private readonly StickySecrets _secrets;
    private readonly ITlsContexts? _tls;
    private readonly IHandshakeObserver? _handshakes;
    private readonly long _nowMs = Environment.TickCount64;
    private readonly Func<AccessLogConfig, IReadOnlyList<AccessLogWriter>>? _openLog;
    private readonly Dictionary<string, PoolSnapshot> _pools = new(StringComparer.Ordinal);
    private readonly SessionBuilder _sessions;
    private readonly LimitBuilder _limits;
    private readonly IReadOnlyList<StoreState> _stores;

    private SnapshotBuilder(
        AtlasConfig config,
        ProxySnapshot previous,
        AtlasConfig? before,
        ProxyMetrics? metrics,
        Func<AccessLogConfig, IReadOnlyList<AccessLogWriter>>? openLog,
        IPoolObserver? observer,
        Func<SecretConfig, byte[]>? readSecret,
        ITlsContexts? tls,
        IReadOnlyList<StoreState> stores,
        IHandshakeObserver? handshakes = null)
    {
        _tls = tls;
        _handshakes = handshakes;
        _secrets = new StickySecrets(config.HighAvailability?.Secret, readSecret);
        _observer = observer;
        _config = config;
        _metrics = metrics;
        _openLog = openLog;
        _stores = stores;
        _sessions = new SessionBuilder(config, previous, stores, metrics);
        _limits = new LimitBuilder(config, previous, stores);
        var known = previous.Pools.ToDictionary(pool => pool.Name, StringComparer.Ordinal);
        foreach (PoolConfig pool in config.Pools)
        {
            PoolSnapshot? old = known.GetValueOrDefault(pool.Name);
            bool isSame = pool.Equals(before?.FindPool(pool.Name)) && old!.Tls?.Context == tls?.OfPool(pool.Name);
            _pools.Add(pool.Name, isSame ? old! : BuildPool(pool, old));
        }
    }

    /// <summary>Makes the snapshots. O(servers).</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="previous">What serves until now, or <see cref="ProxySnapshot.Empty"/>.</param>
    /// <param name="metrics">What counts; null: nothing does.</param>
    /// <param name="openLog">Opens an access log and gives its writers, one for each worker; null: nothing is logged. It may
    /// throw what opening a file does.</param>
    /// <param name="observer">Hears of servers and pools that fail; null: nobody does.</param>
    /// <param name="readSecret">Reads a secret; null: there are none. It may throw what reading a file does.</param>
    /// <param name="tls">What TLS goes by; null: there is none.</param>
    /// <param name="handshakes">Hears of handshakes that clients fail; null: nobody does.</param>
    /// <param name="stores">Hears of stores that come and go; null: nobody does.</param>
    /// <exception cref="ArgumentException">The configuration asks for what this version does not run.</exception>
    public static ProxySnapshot Build(
        AtlasConfig config,
        ProxySnapshot previous,
        ProxyMetrics? metrics = null,
        Func<AccessLogConfig, IReadOnlyList<AccessLogWriter>>? openLog = null,
        IPoolObserver? observer = null,
        Func<SecretConfig, byte[]>? readSecret = null,
        ITlsContexts? tls = null,
        IHandshakeObserver? handshakes = null,
        IStoreObserver? stores = null)
    {
        StoreState[] built = [.. config.Stores.Select(store => StoreBuilder.Build(store, previous, metrics, readSecret, stores))];
        var builder = new SnapshotBuilder(config, previous, before: null, metrics, openLog, observer, readSecret, tls, built, handshakes);
        return new ProxySnapshot(
            [.. config.Listeners.Select(builder.BuildListener)],
            [.. config.Pools.Select(pool => builder._pools[pool.Name])])
        {
            Stores = built,
            Sessions = builder._sessions.All,
        };
    }

    /// <summary>Makes the snapshots anew where pools have other servers than before, or where TLS goes by other certificates or
    /// authorities. All else stays the same objects: listeners, routes, and pools. O(servers and routes).</summary>
    /// <param name="config">The configuration, which differs in the servers of its pools only.</param>
    /// <param name="before">The configuration before.</param>
    /// <param name="previous">Its snapshots.</param>
    /// <param name="metrics">As of <see cref="Build"/>.</param>
    /// <param name="observer">As of <see cref="Build"/>.</param>
    /// <param name="readSecret">As of <see cref="Build"/>.</param>
    /// <param name="tls">As of <see cref="Build"/>.</param>
    public static ProxySnapshot BuildServers(
        AtlasConfig config,
        AtlasConfig before,
        ProxySnapshot previous,
        ProxyMetrics? metrics = null,
        IPoolObserver? observer = null,
        Func<SecretConfig, byte[]>? readSecret = null,
        ITlsContexts? tls = null)
    {
        var builder = new SnapshotBuilder(config, previous, before, metrics, openLog: null, observer, readSecret, tls, previous.Stores);
        PoolSnapshot Next(PoolSnapshot pool) => builder._pools[pool.Name];
        return new ProxySnapshot(
            [.. previous.Listeners.Select(listener => WithTls(listener.With(Next), tls))],
            [.. previous.Pools.Select(Next)])
        {
            Stores = previous.Stores,
            Sessions = previous.Sessions,
        };
    }

    private static ListenerSnapshot WithTls(ListenerSnapshot listener, ITlsContexts? tls) =>
        tls?.OfListener(listener.Name) is var next && next == listener.Tls ? listener : listener with { Tls = next };

    private ListenerSnapshot BuildListener(ListenerConfig listener) => listener.Protocol switch
    {
        _ when listener.Mode == ListenerMode.Kernel => new KernelListenerSnapshot(listener.Name, _pools[listener.Pool!]),
        ListenerProtocol.Http => BuildHttp(listener),
        ListenerProtocol.Tcp => BuildTcp(listener),
        ListenerProtocol.Udp => BuildUdp(listener),
        _ => throw new ArgumentException($"listener {listener.Name} is of an unknown kind", nameof(listener)),
    };

    private TcpListenerSnapshot BuildTcp(ListenerConfig listener) => new(listener.Name)
    {
        Pool = listener.Pool is null ? null : _pools[listener.Pool],
        Names = listener.Sni is null ? null : BuildNames(listener.Sni, listener.Alpn),
        IdleMs = listener.Timeouts.IdleMs,
        HelloMs = listener.Timeouts.HelloMs,
        Tls = _tls?.OfListener(listener.Name),
        Handshakes = _handshakes,
        HandshakeMs = listener.Timeouts.HandshakeMs,
        AcceptProxyProtocol = listener.AcceptProxyProtocol,
        Metrics = MetricsOf(listener),
        AccessLog = LogOf(listener),
    };

    private ListenerMetrics? MetricsOf(ListenerConfig listener)
    {
        ListenerMetrics? metrics = _metrics?.Listener(listener.Name);
        if (metrics is not null)
        {
            metrics.IsUnread = listener.Protocol != ListenerProtocol.Http;
        }

        return metrics;
    }

    private TlsRoutes BuildNames(SniConfig sni, IReadOnlyList<AlpnRuleConfig> alpn) => new(
        [.. sni.Rules.Select(rule => (rule.Host, _pools[rule.Pool]))],
        [.. alpn.Select(rule => (rule.Protocol, _pools[rule.Pool]))],
        sni.DefaultPool is null ? null : _pools[sni.DefaultPool]);

    private UdpListenerSnapshot BuildUdp(ListenerConfig listener) => new(listener.Name, _pools[listener.Pool!])
    {
        IdleMs = listener.Udp.IdleMs,
        Responses = listener.Udp.Responses ?? int.MaxValue,
        MaxSessions = listener.Limits.Connections,
        Datagrams = _metrics?.Udp(listener.Name),
        AccessLog = LogOf(listener),
    };

    private HttpListenerSnapshot BuildHttp(ListenerConfig listener)
    {
        var routes = new RouteBuilder(listener, _pools, _config, _limits, _metrics);
        return new HttpListenerSnapshot(listener.Name, new ListenerRoutes([.. listener.Routes.Select(routes.Build)]))
        {
            EncodedSlashes = listener.EncodedSlashes,
            HiddenFields = _sessions.HiddenFields,
            Limits = new HttpLimits(
                listener.Limits.RequestLineBytes, listener.Limits.HeadersBytes, listener.Limits.HeaderCount),
            Repairs = RepairsOf(listener),
            LogsRepairs = listener.Strictness == Strictness.Monitor,
            MaxBodyBytes = listener.Limits.BodyBytes ?? long.MaxValue,
            Tls = _tls?.OfListener(listener.Name),
            Handshakes = _handshakes,
            HandshakeMs = listener.Timeouts.HandshakeMs,
            HeadersMs = listener.Timeouts.HeadersMs,
            IdleMs = listener.Timeouts.IdleMs,
            BodyIdleMs = listener.Timeouts.BodyIdleMs,
            BodyMinRateBytesPerSecond = listener.Timeouts.BodyMinRateBytesPerSecond,
            SendMinRateBytesPerSecond = listener.Timeouts.SendMinRateBytesPerSecond,
            MaxAgeMs = listener.Timeouts.MaxAgeMs ?? int.MaxValue,
            Hsts = listener is { Hsts: { } hsts, Tls: not null } ? Encoding.ASCII.GetBytes(hsts.HeaderValue) : [],
            TrustedProxies = listener.TrustedProxies,
            AcceptProxyProtocol = listener.AcceptProxyProtocol,
            Forwarded = listener.Forwarded,
            Pseudonym = listener.Via,
            Metrics = MetricsOf(listener),
            AccessLog = LogOf(listener),
        };
    }

    private IReadOnlyList<AccessLogWriter> LogOf(ListenerConfig listener) =>
        listener.AccessLog is { } log && _openLog is not null ? _openLog(log) : [];

    private PoolSnapshot BuildPool(PoolConfig pool, PoolSnapshot? previous)
    {
        var known = previous?.Servers.ToDictionary(server => (server.Name, server.Address)) ?? [];
        var servers = pool.Servers.Select(server =>
        {
            SocketAddress address = AddressOf(server);
            return known.GetValueOrDefault((server.Name, address)) ?? NewServer(pool, server, address);
        }).ToArray();
        var balancer = new PoolBalancer(
            AffinityBuilder.AlgorithmOf(pool),
            [.. servers.Select(server => server.Balancing)],
            new RosterOptions(pool.PanicThresholdShare, pool.SlowStartMs, pool.HashBalancePercent ?? 0),
            previous?.Balancer,
            _nowMs);
        return new PoolSnapshot(pool.Name, servers, balancer)
        {
            ConnectMs = pool.Timeouts.ConnectMs,
            ResponseMs = pool.Timeouts.ResponseMs ?? int.MaxValue,
            TunnelMs = pool.Timeouts.TunnelMs ?? int.MaxValue,
            TunnelHalfClosedMs = pool.Timeouts.TunnelHalfClosedMs ?? int.MaxValue,
            ConnectsAsClient = pool.ConnectsAsClient,
            ClosesOnServerDown = pool.ClosesOnServerDown,
            TcpHalfClosedMs = pool.Timeouts.Source.IsWritten("tunnel_half_closed") ? pool.Timeouts.TunnelHalfClosedMs ?? int.MaxValue : int.MaxValue,
            IdleMs = pool.Keepalive.IdleMs,
            IdlePerServer = pool.Keepalive.PerServer,
            RequestsPerConnection = pool.Keepalive.Requests,
            MaxAgeMs = pool.Keepalive.MaxAgeMs ?? int.MaxValue,
            SendProxyProtocol = pool.SendProxyProtocol,
            Protocol = pool.Protocol,
            MaxStreams = pool.MaxStreams,
            Tls = pool.Tls is null ? null : TlsOf(pool, pool.Tls, servers),
            FreshForNonIdempotent = pool.Keepalive.NonIdempotent == ConnectionReuse.Fresh,
            Keys = AffinityBuilder.KeysOf(pool),
            Affinity = AffinityBuilder.Build(pool, servers, previous?.Affinity, _secrets),
            SharedAffinity = AffinityBuilder.BuildShared(pool, servers, _stores, previous?.SharedAffinity, _secrets),
            Session = _sessions.Find(pool.Session),
            ObservesLatency = pool.Balance == BalanceAlgorithm.LeastTime,
            Queue = previous?.Queue ?? new PoolQueue(),
            QueueLimit = pool.Queue.Limit,
            QueueTimeoutMs = pool.Queue.TimeoutMs,
            Retry = RetryPolicy.Of(pool.Retry),
            RetryBudget = previous?.RetryBudget ?? new RetryBudget(),
            RetryShare = pool.Retry.BudgetShare,
            CircuitBreaker = BreakerOf(pool.CircuitBreaker, previous?.CircuitBreaker),
            ConsecutiveFailures = pool.OutlierDetection?.ConsecutiveFailures,
            Observer = _observer,
        };
    }

    private UpstreamTls TlsOf(PoolConfig pool, PoolTlsConfig tls, ServerState[] servers)
    {
        TlsClientContext context = _tls?.OfPool(pool.Name)
            ?? throw new ArgumentException($"pool {pool.Name} has TLS and nothing that handshakes could go by", nameof(pool));
        var names = new Dictionary<ServerState, string>();
        foreach ((ServerConfig server, ServerState state) in pool.Servers.Zip(servers))
        {
            if (server.HostName is { } name)
            {
                names[state] = name;
            }
        }

        return new UpstreamTls(context, tls.ServerName, names);
    }

    private static CircuitBreaker? BreakerOf(CircuitBreakerConfig? config, CircuitBreaker? previous) =>
        config is null ? null
        : previous?.Config == config ? previous
        : new CircuitBreaker(config);

    private static RequestRepairs RepairsOf(ListenerConfig listener) => listener.Strictness == Strictness.Strictest
        ? RequestRepairs.None
        : listener.Repairs.Aggregate(RequestRepairs.None, (repairs, kind) => repairs | RepairOf(kind));

    private static RequestRepairs RepairOf(RepairKind kind) => kind switch
    {
        RepairKind.LengthAndChunked => RequestRepairs.LengthAndChunked,
        RepairKind.EqualLengths => RequestRepairs.EqualLengths,
        RepairKind.BareLf => RequestRepairs.BareLf,
        RepairKind.EqualHosts => RequestRepairs.EqualHosts,
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    private ServerState NewServer(PoolConfig pool, ServerConfig server, SocketAddress address)
    {
        var state = new ServerState(server.Name, address) { Metrics = _metrics?.Server(pool.Name, server.Name) };
        state.Balancing.Configure(server);
        return state;
    }

    private static SocketAddress AddressOf(ServerConfig server) => server.Address switch
    {
        { Ip: IPAddress ip, Port: int port } => SocketAddress.OfIp(ip, port),
        { UnixPath: string path } => SocketAddress.OfUnixPath(path),
        _ => throw new ArgumentException($"server {server.Name} needs an IP address or a Unix socket", nameof(server)),
    };
}
