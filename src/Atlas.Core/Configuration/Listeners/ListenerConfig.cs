using Atlas.Core.Routing;

namespace Atlas.Core.Configuration;

/// <summary>One listener: addresses, what is spoken on them, and where it goes.</summary>
public sealed record ListenerConfig : ConfigSection
{
    /// <summary>Its key under <c>listeners</c>.</summary>
    public string Name { get; init; } = "";

    /// <summary>The addresses to listen on, at least one.</summary>
    public ValueList<BindAddress> Bind { get; init; } = [];

    /// <summary>What is spoken. Default HTTP.</summary>
    public ListenerProtocol Protocol { get; init; } = ListenerProtocol.Http;

    /// <summary>What moves the traffic. Default Atlas itself.</summary>
    public ListenerMode Mode { get; init; } = ListenerMode.User;

    /// <summary>
    /// Mode kernel: whether servers see this host's address in place of the client's, so that their replies come back here
    /// whatever their routes are. Default true.
    /// </summary>
    public bool Snat { get; init; } = true;

    /// <summary>Connections that the kernel holds until they are accepted, 1 to 65535. Default 4096.</summary>
    public int Backlog { get; init; } = 4096;

    /// <summary>Peers whose <c>X-Forwarded-*</c> and <c>Forwarded</c> are believed. Default none.</summary>
    public ValueList<IpNetwork> TrustedProxies { get; init; } = [];

    /// <summary>Peers whose connections must open with a PROXY protocol header, version 1 or 2; those of others must not. Default none.</summary>
    public ValueList<IpNetwork> AcceptProxyProtocol { get; init; } = [];

    /// <summary>Whether servers get the <c>Forwarded</c> header (RFC 7239) as well. Default false.</summary>
    public bool Forwarded { get; init; }

    /// <summary>The pseudonym in the <c>Via</c> header (RFC 9110 7.6.3), a token. Default <c>atlas</c>.</summary>
    public string Via { get; init; } = "atlas";

    /// <summary>HTTP: what happens with paths that hold <c>%2F</c> or <c>%5C</c>. Default keep.</summary>
    public EncodedSlashPolicy EncodedSlashes { get; init; } = EncodedSlashPolicy.Keep;

    /// <summary>
    /// HTTP: whether servers get the path in its normal spelling instead of as it came; routes always see that. Default false.
    /// </summary>
    public bool ForwardsNormalizedPath { get; init; }

    /// <summary>What becomes of ambiguous requests. Default all are refused.</summary>
    public Strictness Strictness { get; init; } = Strictness.Strictest;

    /// <summary>What is repaired where <see cref="Strictness"/> allows repairs. Default all kinds.</summary>
    public ValueList<RepairKind> Repairs { get; init; } =
        [RepairKind.LengthAndChunked, RepairKind.EqualLengths, RepairKind.BareLf, RepairKind.EqualHosts];

    /// <summary>How much a client may ask for.</summary>
    public ListenerLimitsConfig Limits { get; init; } = new();

    /// <summary>How long a client may take.</summary>
    public ListenerTimeoutsConfig Timeouts { get; init; } = new();

    /// <summary>Where requests are logged; null: nowhere.</summary>
    public AccessLogConfig? AccessLog { get; init; }

    /// <summary>
    /// HTTP only: the first route that matches serves, and none is 404. A listener written with <see cref="Pool"/> instead
    /// has one route here, which matches everything.
    /// </summary>
    public ValueList<RouteConfig> Routes { get; init; } = [];

    /// <summary>The pool for all traffic, where the file names one here; null with routes or SNI.</summary>
    public string? Pool { get; init; }

    /// <summary>Terminates TLS; null: plain text.</summary>
    public ListenerTlsConfig? Tls { get; init; }

    /// <summary>HTTP with TLS: tells browsers to come with TLS only; null: does not.</summary>
    public HstsConfig? Hsts { get; init; }

    /// <summary>Whether HTTP/3 is offered. Nothing speaks it yet, so that a valid configuration has false.</summary>
    public bool Http3 { get; init; }

    /// <summary>TCP only: chooses the pool by the ClientHello's server name, without terminating TLS.</summary>
    public SniConfig? Sni { get; init; }

    /// <summary>TCP with <see cref="Sni"/> only: pools for clients that offer a protocol, which go before the server name. The first
    /// one that a client offers decides. Default none.</summary>
    public ValueList<AlpnRuleConfig> Alpn { get; init; } = [];

    /// <summary>UDP only: what a session is.</summary>
    public UdpConfig Udp { get; init; } = new();
}
