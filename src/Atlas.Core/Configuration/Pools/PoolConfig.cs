namespace Atlas.Core.Configuration;

/// <summary>A group of servers that do the same, and how it is used.</summary>
public sealed record PoolConfig : ConfigSection
{
    /// <summary>Its key under <c>pools</c>.</summary>
    public string Name { get; init; } = "";

    /// <summary>How a server is chosen. Default round robin.</summary>
    public BalanceAlgorithm Balance { get; init; } = BalanceAlgorithm.RoundRobin;

    /// <summary>What consistent hashing hashes. Default the client's address.</summary>
    public RequestKey HashKey { get; init; } = RequestKey.ClientIp;

    /// <summary>How many leading bits of an IPv6 client's address are hashed, 32 to 128. Default 64: clients change the rest
    /// themselves (RFC 8981).</summary>
    public int HashIpv6PrefixBits { get; init; } = 64;

    /// <summary>What of its share of the requests under way hashing gives a server at most, in percent, 101 to 10,000; null:
    /// any, the default.</summary>
    public int? HashBalancePercent { get; init; }

    /// <summary>The version of HTTP. Default HTTP/1.1.</summary>
    public UpstreamProtocol Protocol { get; init; } = UpstreamProtocol.Http1;

    /// <summary>HTTP/2: requests at once on a connection, 1 to 1,000; fewer where a server takes fewer. Default 100, the least that a
    /// server should take (RFC 9113 6.5.2).</summary>
    public int MaxStreams { get; init; } = 100;

    /// <summary>The servers, at least one; names and addresses are unique.</summary>
    public ValueList<ServerConfig> Servers { get; init; } = [];

    /// <summary>Active checks; null: none.</summary>
    public HealthCheckConfig? HealthCheck { get; init; }

    /// <summary>Passive checks; null: off. Default on.</summary>
    public OutlierDetectionConfig? OutlierDetection { get; init; } = new();

    /// <summary>Below this share of usable weight, 0 to 1, health is ignored. 0: never. Default 0.5.</summary>
    public double PanicThresholdShare { get; init; } = 0.5;

    /// <summary>How long a server's share grows after it came up. 0: off, the default.</summary>
    public int SlowStartMs { get; init; }

    /// <summary>Keeps a client at its server; null: off.</summary>
    public StickyConfig? Sticky { get; init; }

    /// <summary>When a request is tried again.</summary>
    public RetryConfig Retry { get; init; } = new();

    /// <summary>Requests that wait while all servers are at <see cref="ServerConfig.MaxConnections"/>.</summary>
    public QueueConfig Queue { get; init; } = new();

    /// <summary>Stops asking servers that fail; null: off.</summary>
    public CircuitBreakerConfig? CircuitBreaker { get; init; }

    /// <summary>How long servers may take.</summary>
    public PoolTimeoutsConfig Timeouts { get; init; } = new();

    /// <summary>Connections that are kept for the next request.</summary>
    public KeepaliveConfig Keepalive { get; init; } = new();

    /// <summary>TCP: whether the connections to a server that goes down are closed. Default false: they go on.</summary>
    public bool ClosesOnServerDown { get; init; }

    /// <summary>TCP: whether servers see connections come from the client's address. Default false.</summary>
    public bool ConnectsAsClient { get; init; }

    /// <summary>TLS towards the servers; null: plain text.</summary>
    public PoolTlsConfig? Tls { get; init; }

    /// <summary>The session that the servers read and write; null: none.</summary>
    public string? Session { get; init; }

    /// <summary>The PROXY protocol header that the servers get. Default none.</summary>
    public ProxyProtocolVersion SendProxyProtocol { get; init; } = ProxyProtocolVersion.None;
}
