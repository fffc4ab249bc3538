using Atlas.Control.Configuration.Keys;
using Atlas.Control.Configuration.Kinds;
using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration.Sections;

/// <summary>The keys of pools.</summary>
internal static class PoolSections
{
    /// <summary><c>sticky</c>.</summary>
    public static Section<StickyConfig> Sticky { get; } = new Section<StickyConfig>(
        "sticky", "pools.NAME.sticky", "a 'sticky'", "Keeps a client at its server.")
        .Key("by", PartsOfRequest.Sticky,
            s => (Kind: s.By, Name: s.Name), (s, v) => s with { By = v.Kind, Name = v.Name },
            "What a client is known by: `cookie` (Atlas sets it), `ip`, `header:NAME` or `app_cookie:NAME` (the servers set it). With "
                + "`ip` and `header` the server is computed by consistent hashing, in place of `balance`.")
        .Key("cookie", Kind.Map(StateSections.StickyCookie),
            s => s.Cookie, (s, v) => s with { Cookie = v },
            "The cookie that Atlas sets.")
        .Key("secret", Kind.OptionalMap(ProcessSections.Secret),
            s => s.Secret, (s, v) => s with { Secret = v },
            "What the server ids in that cookie are signed with, the same on all nodes. Without it ids still tell neither name nor "
                + "address, but who knows a server's name can make its id.")
        .Key("store", Kind.OrWord("none", Kind.NameOf("store")),
            s => s.Store, (s, v) => s with { Store = v },
            "The store that knows each client's server; `none`: the cookie carries a signed server id, or the server is computed.")
        .Key("ttl", Durations.Seconds(10, 30 * 86_400),
            s => s.TtlSeconds, (s, v) => s with { TtlSeconds = v },
            "With a store: how long it knows a client after its last request.");

    /// <summary><c>retry</c>.</summary>
    public static Section<RetryConfig> Retry { get; } = new Section<RetryConfig>(
        "pool_retry", "pools.NAME.retry", "a pool's 'retry'",
        "When a request is tried again on another server; only requests that may be sent twice are (RFC 9110 9.2.2).")
        .Key("attempts", Numbers.Integer(0, 10), s => s.Attempts, (s, v) => s with { Attempts = v }, "Tries after the first.")
        .Key("on", Kind.AnyNumber(RetryCondition.Kind, 16),
            RetryCondition.Of, RetryCondition.Set,
            "What a request is tried again after: `connect_failure`, `reset` (the connection broke before the first byte of "
                + "a response), or a status from 500 to 599.")
        .Key("budget", Numbers.Share(),
            s => s.BudgetShare, (s, v) => s with { BudgetShare = v },
            "The most tries at once, as a share of the pool's active requests.");

    /// <summary><c>queue</c>.</summary>
    public static Section<QueueConfig> Queue { get; } = new Section<QueueConfig>(
        "queue", "pools.NAME.queue", "a 'queue'", "Requests that wait while every server is at its `max_connections`.")
        .Key("limit", Numbers.Integer(0, 1_000_000),
            s => s.Limit, (s, v) => s with { Limit = v },
            "How many may wait; more are 503. 0: none waits.")
        .Key("timeout", Durations.Milliseconds(1, SectionLimits.LongestMs),
            s => s.TimeoutMs, (s, v) => s with { TimeoutMs = v },
            "How long one waits before it is 503.");

    /// <summary><c>circuit_breaker</c>.</summary>
    public static Section<CircuitBreakerConfig> CircuitBreaker { get; } = new Section<CircuitBreakerConfig>(
        "circuit_breaker", "pools.NAME.circuit_breaker", "a 'circuit_breaker'",
        "Answers 503 without asking while too many requests fail.")
        .Key("error_rate", Numbers.Share(aboveZero: true),
            s => s.ErrorRateShare, (s, v) => s with { ErrorRateShare = v },
            "The share of failures that opens it.")
        .Key("window", Durations.Milliseconds(1000, 3_600_000),
            s => s.WindowMs, (s, v) => s with { WindowMs = v },
            "The time over which failures are counted.")
        .Key("min_requests", Numbers.Integer(1, 1_000_000),
            s => s.MinRequests, (s, v) => s with { MinRequests = v },
            "With fewer requests in that time it stays closed.")
        .Key("open_for", Durations.Milliseconds(100, SectionLimits.LongestMs),
            s => s.OpenForMs, (s, v) => s with { OpenForMs = v },
            "How long it is open before one request may try.");

    /// <summary><c>timeouts</c>.</summary>
    public static Section<PoolTimeoutsConfig> Timeouts { get; } = new Section<PoolTimeoutsConfig>(
        "pool_timeouts", "pools.NAME.timeouts", "a pool's 'timeouts'", "How long Atlas waits for servers.")
        .Key("connect", Durations.Milliseconds(1, 300_000),
            s => s.ConnectMs, (s, v) => s with { ConnectMs = v },
            "For a connection, its TLS handshake included; longer is 504.")
        .Key("response", Kind.OrWord("none", Durations.Milliseconds(1, SectionLimits.LongestMs)),
            s => s.ResponseMs, (s, v) => s with { ResponseMs = v },
            "For the next byte of a response; before the first byte longer is 504.")
        .Key("tunnel", Kind.OrWord("none", Durations.Milliseconds(1, SectionLimits.LongestMs)),
            s => s.TunnelMs, (s, v) => s with { TunnelMs = v },
            "For a byte either way on an upgraded connection.")
        .Key("tunnel_half_closed", Kind.OrWord("none", Durations.Milliseconds(1, SectionLimits.LongestMs)),
            s => s.TunnelHalfClosedMs, (s, v) => s with { TunnelHalfClosedMs = v },
            "For the next byte once one side of an upgraded connection has ended; `none`: as `tunnel`.");

    /// <summary><c>keepalive</c>.</summary>
    public static Section<KeepaliveConfig> Keepalive { get; } = new Section<KeepaliveConfig>(
        "keepalive", "pools.NAME.keepalive", "a 'keepalive'", "Connections to servers that are kept for the next request.")
        .Key("idle", Durations.Milliseconds(10, SectionLimits.LongestMs),
            s => s.IdleMs, (s, v) => s with { IdleMs = v },
            "How long one is kept unused; below the time after which the servers close.")
        .Key("per_server", Numbers.Integer(0, 65_535),
            s => s.PerServer, (s, v) => s with { PerServer = v },
            "How many are kept for each server and worker; 0: none.")
        .Key("requests", Numbers.Integer(0, 1_000_000_000),
            s => s.Requests, (s, v) => s with { Requests = v },
            "Requests after which one is closed; 0: never.")
        .Key("max_age", Kind.OrWord("none", Durations.Milliseconds(1000, SectionLimits.LongestMs)),
            s => s.MaxAgeMs, (s, v) => s with { MaxAgeMs = v },
            "The age past which one is closed after its request.")
        .Key("non_idempotent", Choices.Of(("reuse", ConnectionReuse.Reuse), ("fresh", ConnectionReuse.Fresh)),
            s => s.NonIdempotent, (s, v) => s with { NonIdempotent = v },
            "What requests use that must not be sent twice: a kept connection, or a fresh one that the server cannot be closing.");

    /// <summary>A pool.</summary>
    public static Section<PoolConfig> Pool { get; } = new Section<PoolConfig>(
        "pool", "pools.NAME", "a pool", "A group of servers that do the same, and how it is used.")
        .Key("balance", Balance, s => s.Balance, (s, v) => s with { Balance = v }, "How a server is chosen; docs/balancing.md says which to take when.")
        .Key("hash_key", PartsOfRequest.Key,
            s => s.HashKey, (s, v) => s with { HashKey = v },
            "What `consistent_hash` hashes: `client_ip`, `host`, `path`, `uri`, `header:NAME`, `cookie:NAME` or `query:NAME`.")
        .Key("hash_ipv6_prefix", Numbers.Integer(32, 128),
            s => s.HashIpv6PrefixBits, (s, v) => s with { HashIpv6PrefixBits = v },
            "How many leading bits of an IPv6 client's address are hashed. Clients change the last 64 themselves; 128 tells the "
                + "addresses of one network apart.")
        .Key("hash_balance_factor", Kind.OrWord("none", Numbers.Percent(101, 10_000)),
            s => s.HashBalancePercent, (s, v) => s with { HashBalancePercent = v },
            "How much of its share of the active requests `ip_hash` and `consistent_hash` give a server before they pass its "
                + "clients on, such as 125%.")
        .Key("protocol",
            Choices.Of(("http1", UpstreamProtocol.Http1), ("http2", UpstreamProtocol.Http2), ("auto", UpstreamProtocol.Auto)),
            s => s.Protocol, (s, v) => s with { Protocol = v },
            "The version of HTTP towards the servers; `auto`: what ALPN agrees on.")
        .Key("max_streams", Numbers.Integer(1, 1_000),
            s => s.MaxStreams, (s, v) => s with { MaxStreams = v },
            "HTTP/2: requests at once on a connection to a server; fewer where the server takes fewer.")
        .Key("servers", Kind.ListOf(ServerSections.ServerOrAddress, 1, SectionLimits.Servers),
            s => s.Servers, (s, v) => s with { Servers = v },
            "The servers; names and addresses are unique.", required: true)
        .Key("health_check", Kind.OptionalMap(ServerSections.HealthCheck),
            s => s.HealthCheck, (s, v) => s with { HealthCheck = v },
            "Active checks.")
        .Key("outlier_detection", OrFalse(ServerSections.OutlierDetection),
            s => s.OutlierDetection, (s, v) => s with { OutlierDetection = v },
            "Passive checks, on by default; `false` turns them off.", otherwise: "on, with its defaults")
        .Key("panic_threshold", Numbers.Share(),
            s => s.PanicThresholdShare, (s, v) => s with { PanicThresholdShare = v },
            "Below this share of usable weight health is ignored, drained servers and those in maintenance excepted, and those that give "
            + "checks no answer while others are there. 0%: never.")
        .Key("slow_start", Durations.Milliseconds(0, SectionLimits.LongestMs),
            s => s.SlowStartMs, (s, v) => s with { SlowStartMs = v },
            "How long the share of a server that came back or joined grows, from a tenth of its weight; 0s: off. None at start.")
        .Key("sticky", Kind.OptionalMap(Sticky), s => s.Sticky, (s, v) => s with { Sticky = v }, "Keeps a client at its server.")
        .Key("retry", Kind.Map(Retry), s => s.Retry, (s, v) => s with { Retry = v }, "When a request is tried again.")
        .Key("queue", Kind.Map(Queue), s => s.Queue, (s, v) => s with { Queue = v }, "Requests that wait for `max_connections`.")
        .Key("circuit_breaker", Kind.OptionalMap(CircuitBreaker),
            s => s.CircuitBreaker, (s, v) => s with { CircuitBreaker = v },
            "Stops asking servers while they fail.")
        .Key("timeouts", Kind.Map(Timeouts), s => s.Timeouts, (s, v) => s with { Timeouts = v }, "How long servers may take.")
        .Key("keepalive", Kind.Map(Keepalive),
            s => s.Keepalive, (s, v) => s with { Keepalive = v },
            "Connections that are kept for the next request.")
        .Key("tls", Kind.OptionalMap(TlsSections.Pool), s => s.Tls, (s, v) => s with { Tls = v }, "TLS towards the servers.")
        .Key("session", Kind.Optional(Kind.NameOf("session")),
            s => s.Session, (s, v) => s with { Session = v },
            "The session that the servers read and write.")
        .Key("on_server_down", Choices.Of(("keep", false), ("close", true)),
            s => s.ClosesOnServerDown, (s, v) => s with { ClosesOnServerDown = v },
            "TCP: whether the connections to a server that goes down, or into maintenance, go on or are reset.")
        .Key("source", Choices.Of(("auto", false), ("client", true)),
            s => s.ConnectsAsClient, (s, v) => s with { ConnectsAsClient = v },
            "TCP: the address that servers see connections come from: one of this machine's, or the client's. The latter needs "
                + "CAP_NET_RAW or CAP_NET_ADMIN, and servers whose answers are routed through this machine.")
        .Key("send_proxy_protocol",
            Choices.Of(("none", ProxyProtocolVersion.None), ("v1", ProxyProtocolVersion.V1), ("v2", ProxyProtocolVersion.V2)),
            s => s.SendProxyProtocol, (s, v) => s with { SendProxyProtocol = v },
            "The PROXY protocol header that connections to the servers open with.")
        .Meant("servers", "backends", "upstreams", "targets", "endpoints", "hosts")
        .Meant("balance", "algorithm", "policy", "strategy", "lb_policy", "load_balancing")
        .Meant("tls", "ssl")
        .Meant("sticky", "affinity", "session_affinity", "stickiness");

    private static ScalarKind<BalanceAlgorithm> Balance => Choices.Of(
        ("round_robin", BalanceAlgorithm.RoundRobin),
        ("weighted_round_robin", BalanceAlgorithm.WeightedRoundRobin),
        ("least_connections", BalanceAlgorithm.LeastConnections),
        ("ip_hash", BalanceAlgorithm.IpHash),
        ("consistent_hash", BalanceAlgorithm.ConsistentHash),
        ("power_of_two", BalanceAlgorithm.PowerOfTwo),
        ("least_time", BalanceAlgorithm.LeastTime),
        ("random", BalanceAlgorithm.Random),
        ("first", BalanceAlgorithm.First));

    private static OrWordKind<OutlierDetectionConfig?> OrFalse(Section<OutlierDetectionConfig> section) =>
        new("false", value => value is null, null, Kind.OptionalMap(section));
}
