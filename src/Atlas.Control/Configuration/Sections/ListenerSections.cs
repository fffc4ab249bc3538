using Atlas.Control.Configuration.Keys;
using Atlas.Control.Configuration.Kinds;
using Atlas.Core.Configuration;
using Atlas.Core.Routing;

namespace Atlas.Control.Configuration.Sections;

/// <summary>The keys of listeners.</summary>
internal static class ListenerSections
{
    /// <summary><c>limits</c>.</summary>
    public static Section<ListenerLimitsConfig> Limits { get; } = new Section<ListenerLimitsConfig>(
        "listener_limits", "listeners.NAME.limits", "a listener's 'limits'", "The most that a listener takes from its clients.")
        .Key("request_line", ByteSizes.Small(256, 1 << 20),
            s => s.RequestLineBytes, (s, v) => s with { RequestLineBytes = v },
            "HTTP: a request line that is longer is 414.")
        .Key("headers", ByteSizes.Small(256, 16 << 20),
            s => s.HeadersBytes, (s, v) => s with { HeadersBytes = v },
            "HTTP: header lines that are longer together are 431.")
        .Key("header_count", Numbers.Integer(1, 10_000),
            s => s.HeaderCount, (s, v) => s with { HeaderCount = v },
            "HTTP: more header lines are 431.")
        .Key("body", Kind.OrWord("none", ByteSizes.Large(0, 1L << 50)),
            s => s.BodyBytes, (s, v) => s with { BodyBytes = v },
            "HTTP: a longer body is 413; `none` lets any length through.")
        .Key("connections", Numbers.Integer(1, 10_000_000),
            s => s.Connections, (s, v) => s with { Connections = v },
            "Connections open at once; at this number the listener stops accepting until one closes. UDP: sessions; at this number the "
                + "one that was silent for longest makes room.");

    /// <summary><c>timeouts</c>.</summary>
    public static Section<ListenerTimeoutsConfig> Timeouts { get; } = new Section<ListenerTimeoutsConfig>(
        "listener_timeouts", "listeners.NAME.timeouts", "a listener's 'timeouts'", "How long a listener waits for its clients.")
        .Key("headers", Durations.Milliseconds(10, SectionLimits.LongestMs),
            s => s.HeadersMs, (s, v) => s with { HeadersMs = v },
            "HTTP: from the first byte of a request to the end of its head; longer is 408.")
        .Key("hello", Durations.Milliseconds(10, SectionLimits.LongestMs),
            s => s.HelloMs, (s, v) => s with { HelloMs = v },
            "TCP: from accept to the end of the PROXY protocol header and of the ClientHello, where they are read; longer is closed.")
        .Key("handshake", Durations.Milliseconds(10, SectionLimits.LongestMs),
            s => s.HandshakeMs, (s, v) => s with { HandshakeMs = v },
            "With `tls`: for the handshake; longer is closed.")
        .Key("idle", Durations.Milliseconds(10, SectionLimits.LongestMs),
            s => s.IdleMs, (s, v) => s with { IdleMs = v },
            "HTTP: between two requests of a connection. TCP: without a byte either way.", otherwise: "75s; with TCP 1h")
        .Key("body_min_rate", Numbers.Integer(0, 1 << 30),
            s => s.BodyMinRateBytesPerSecond, (s, v) => s with { BodyMinRateBytesPerSecond = v },
            "HTTP: bytes per second that a request's body must bring after its first 10 s; slower is 408. 0: off.")
        .Key("body_idle", Durations.Milliseconds(10, SectionLimits.LongestMs),
            s => s.BodyIdleMs, (s, v) => s with { BodyIdleMs = v },
            "HTTP: between two pieces of a request's body; longer is 408.")
        .Key("send_min_rate", Numbers.Integer(0, 1 << 30),
            s => s.SendMinRateBytesPerSecond, (s, v) => s with { SendMinRateBytesPerSecond = v },
            "HTTP: bytes per second that a client must take of a response after its first 10 s. 0: off.")
        .Key("max_age", Kind.OrWord("none", Durations.Milliseconds(1000, SectionLimits.LongestMs)),
            s => s.MaxAgeMs, (s, v) => s with { MaxAgeMs = v },
            "HTTP: a connection of this age is closed after its current request.");

    /// <summary><c>access_log</c>.</summary>
    public static Section<AccessLogConfig> AccessLog { get; } = new Section<AccessLogConfig>(
        "access_log", "listeners.NAME.access_log", "an 'access_log'",
        "A line for each request. Without this section nothing is logged.")
        .Key("to", LogTargets.Kind,
            s => (Target: s.Target, Path: s.FilePath), (s, v) => s with { Target = v.Target, FilePath = v.Path },
            "`stdout`, `stderr` or a file that is appended to.")
        .Key("format", Choices.Of(("json", AccessLogFormat.Json), ("combined", AccessLogFormat.Combined)),
            s => s.Format, (s, v) => s with { Format = v },
            "One JSON object a line, or the combined format of Apache and nginx.");

    /// <summary><c>udp</c>.</summary>
    public static Section<UdpConfig> Udp { get; } = new Section<UdpConfig>(
        "udp", "listeners.NAME.udp", "a listener's 'udp'",
        "When a UDP session ends. A session is what comes from one address and port of a client.")
        .Key("idle", Durations.Milliseconds(10, SectionLimits.LongestMs),
            s => s.IdleMs, (s, v) => s with { IdleMs = v },
            "Without a datagram either way.")
        .Key("responses", Kind.OrWord("any", Numbers.Integer(1, 1_000_000)),
            s => s.Responses, (s, v) => s with { Responses = v },
            "A session ends once its server sent so many datagrams for each one of the client; 1 suits DNS.");

    /// <summary>A listener.</summary>
    public static Section<ListenerConfig> Listener { get; } = new Section<ListenerConfig>(
        "listener", "listeners.NAME", "a listener", "One listener: addresses, what is spoken on them, and where it goes.")
        .Key("bind", Kind.OneOrMore(BindKind.Instance, SectionLimits.Binds),
            s => s.Bind, (s, v) => s with { Bind = v },
            "The address to listen on, or a list.", required: true)
        .Key("protocol",
            Choices.Of(("http", ListenerProtocol.Http), ("tcp", ListenerProtocol.Tcp), ("udp", ListenerProtocol.Udp)),
            s => s.Protocol, (s, v) => s with { Protocol = v },
            "What is spoken with clients.")
        .Key("mode", Choices.Of(("user", ListenerMode.User), ("kernel", ListenerMode.Kernel)),
            s => s.Mode, (s, v) => s with { Mode = v },
            "TCP and UDP: `kernel` lets nftables forward the packets, and Atlas sees no byte.")
        .Key("snat", Numbers.Bool,
            s => s.Snat, (s, v) => s with { Snat = v },
            "Mode kernel: whether servers see this host's address in place of the client's. Without it they must route replies back "
                + "through this host.")
        .Key("backlog", Numbers.Integer(1, 65_535),
            s => s.Backlog, (s, v) => s with { Backlog = v },
            "Connections that the kernel holds until they are accepted.")
        .Key("trusted_proxies", Kind.AnyNumber(Addresses.Network, SectionLimits.Patterns),
            s => s.TrustedProxies, (s, v) => s with { TrustedProxies = v },
            "HTTP: peers whose `X-Forwarded-*` and `Forwarded` are believed.")
        .Key("accept_proxy_protocol", Kind.AnyNumber(Addresses.Network, SectionLimits.Patterns),
            s => s.AcceptProxyProtocol, (s, v) => s with { AcceptProxyProtocol = v },
            "Peers whose connections must open with a PROXY protocol header, version 1 or 2; those of others must not.")
        .Key("forwarded", Numbers.Bool,
            s => s.Forwarded, (s, v) => s with { Forwarded = v },
            "HTTP: whether servers get `Forwarded` (RFC 7239) beside `X-Forwarded-*`.")
        .Key("via", Texts.Token, s => s.Via, (s, v) => s with { Via = v }, "HTTP: the name in the `Via` header (RFC 9110 7.6.3).")
        .Key("encoded_slashes",
            Choices.Of(("keep", EncodedSlashPolicy.Keep), ("reject", EncodedSlashPolicy.Reject), ("redirect", EncodedSlashPolicy.Redirect)),
            s => s.EncodedSlashes, (s, v) => s with { EncodedSlashes = v },
            "HTTP: a path with `%2F` or `%5C` goes on as it is and the encoded slash separates nothing, or is 400, or is redirected "
                + "to the path with slashes.")
        .Key("normalize", Choices.Of(("match", false), ("forward", true)),
            s => s.ForwardsNormalizedPath, (s, v) => s with { ForwardsNormalizedPath = v },
            "HTTP: routes match the path after `.`, `..`, double slashes and needless escapes were resolved. Servers get the path "
                + "as it came (`match`), or that path too (`forward`).")
        .Key("strictness",
            Choices.Of(("strictest", Strictness.Strictest), ("defensive", Strictness.Defensive), ("monitor", Strictness.Monitor)),
            s => s.Strictness, (s, v) => s with { Strictness = v },
            "HTTP: requests that two programs could read in two ways are refused (`strictest`), or repaired where their end is not "
                + "in doubt (`defensive`); `monitor` also logs what was repaired.")
        .Key("repairs", Kind.AnyNumber(Repairs.Kind, 4),
            s => s.Repairs, (s, v) => s with { Repairs = v },
            "HTTP: what `defensive` and `monitor` repair; the rest is refused.")
        .Key("limits", Kind.Map(Limits), s => s.Limits, (s, v) => s with { Limits = v }, "How much a client may ask for.")
        .Key("timeouts", Kind.Map(Timeouts), s => s.Timeouts, (s, v) => s with { Timeouts = v }, "How long a client may take.")
        .Key("access_log", Kind.OptionalMap(AccessLog),
            s => s.AccessLog, (s, v) => s with { AccessLog = v },
            "HTTP: where requests are logged. TCP and UDP: where connections and sessions are logged, when they have ended; as JSON only.")
        .Key("routes", Kind.ListOf(Kind.Map(RouteSections.Route), 1, SectionLimits.Routes),
            s => s.Routes, (s, v) => s with { Routes = v },
            "HTTP: the first route that matches serves; where none does, the answer is 404.",
            otherwise: "one that sends everything to `pool`")
        .Key("pool", Kind.Optional(Kind.NameOf("pool")),
            s => s.Pool, (s, v) => s with { Pool = v },
            "The pool for all traffic, instead of `routes` or `sni`.")
        .Key("tls", Kind.OptionalMap(TlsSections.Listener),
            s => s.Tls, (s, v) => s with { Tls = v },
            "HTTP and TCP: ends the clients' TLS. What is in it is served as without; docs/tls.md.")
        .Key("hsts", Kind.OptionalMap(TlsSections.Hsts),
            s => s.Hsts, (s, v) => s with { Hsts = v },
            "HTTP with `tls`: tells browsers to come with TLS only (RFC 6797).")
        .Key("http3", Numbers.Bool,
            s => s.Http3, (s, v) => s with { Http3 = v },
            "HTTP/3 is not available: `true` is an error.")
        .Key("sni", new OptionalKind<SniConfig>(SniKind.Instance, "absent"),
            s => s.Sni, (s, v) => s with { Sni = v },
            "TCP: chooses the pool by the server name of the ClientHello, without terminating TLS. `default` is for other "
                + "names and for none.")
        .Key("alpn", AlpnMap, s => s.Alpn, (s, v) => s with { Alpn = v },
            "TCP with `sni`: protocols of the ClientHello (ALPN), such as `acme-tls/1`, each with the pool of the clients that offer it, "
                + "whatever their server name. The first one here that a client offers decides.")
        .Key("udp", Kind.Map(Udp), s => s.Udp, (s, v) => s with { Udp = v }, "UDP: what a session is.")
        .Meant("bind", "listen", "address", "addresses", "port")
        .Meant("pool", "backend", "default_backend", "upstream", "cluster")
        .Meant("tls", "ssl")
        .Finish((s, _) => WithDefaults(s));

    private static PairsKind<string, string, AlpnRuleConfig> AlpnMap => new(
        Texts.Alpn,
        Kind.NameOf("pool"),
        SectionLimits.AlpnProtocols,
        StringComparer.Ordinal,
        (protocol, pool, position) => new AlpnRuleConfig(protocol, pool, position),
        rule => (rule.Protocol, rule.Pool));

    private static ListenerConfig WithDefaults(ListenerConfig listener)
    {
        ValueList<RouteConfig> routes = listener is { Pool: { } pool, Protocol: ListenerProtocol.Http } && !listener.Source.IsWritten("routes")
            ? [new RouteConfig { Pool = pool, Source = listener.Source }]
            : listener.Routes;
        bool isTcpIdle = listener.Protocol == ListenerProtocol.Tcp && !listener.Timeouts.Source.IsWritten("idle");
        return listener with
        {
            Routes = [.. routes.Select((route, index) => route.Name.Length > 0 ? route : route with { Name = $"route-{index + 1}" })],
            Tls = listener is { Protocol: ListenerProtocol.Tcp, Tls: { } tls } && !tls.Source.IsWritten("alpn")
                ? tls with { Alpn = [] }
                : listener.Tls,
            Timeouts = isTcpIdle ? listener.Timeouts with { IdleMs = ListenerTimeoutsConfig.DefaultTcpIdleMs } : listener.Timeouts,
        };
    }
}
