using Atlas.Control.Configuration;
using Atlas.Core.Configuration;

namespace Atlas.Control.Tests.Configuration;

/// <summary>Each listener and route of the reference configuration, against what it should be read into, spelled out.</summary>
public sealed class ReferenceListenersTests
{
    private static readonly AtlasConfig Config = ConfigLoader.Load(RepositoryFiles.Reference).Config!;

    [Fact]
    public void Listeners_Names_AreInTheFilesOrder() =>
        Config.Listeners.Select(listener => listener.Name).ShouldBe(["web", "secure", "database", "passthrough", "names", "fast"]);

    [Fact]
    public void Listener_Web_HasTheWrittenValues() => (Listener("web") with { Routes = [] }).ShouldBe(new ListenerConfig
    {
        Name = "web",
        Bind = [Bind("127.0.0.1:8080")],
        Protocol = ListenerProtocol.Http,
        Mode = ListenerMode.User,
        Backlog = 4096,
        TrustedProxies = [Network("10.0.0.0/8")],
        AcceptProxyProtocol = [],
        Forwarded = false,
        Via = "atlas",
        Strictness = Strictness.Strictest,
        Repairs = [],
        Limits = new ListenerLimitsConfig
        {
            RequestLineBytes = 16_384, HeadersBytes = 65_536, HeaderCount = 128, BodyBytes = null, Connections = 10_000,
        },
        Timeouts = new ListenerTimeoutsConfig
        {
            HeadersMs = 10_000,
            IdleMs = 75_000,
            BodyMinRateBytesPerSecond = 240,
            BodyIdleMs = 30_000,
            SendMinRateBytesPerSecond = 240,
            MaxAgeMs = 3_600_000,
        },
        AccessLog = new AccessLogConfig { Target = AccessLogTarget.StandardOutput, FilePath = null, Format = AccessLogFormat.Json },
    });

    [Fact]
    public void Listener_Secure_HasTheWrittenValues() => Listener("secure").ShouldBe(new ListenerConfig
    {
        Name = "secure",
        Bind = [Bind("127.0.0.1:8443")],
        Tls = new ListenerTlsConfig
        {
            Certificates =
            [
                new CertificateConfig { CertPath = "certs/site.pem", KeyPath = "certs/site.key", OcspPath = "certs/site.ocsp" },
            ],
            MinVersion = TlsVersion.Tls12,
            Ciphers = ["ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256"],
            CipherSuites = ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"],
            Curves = ["X25519MLKEM768", "X25519", "P-256", "P-384"],
            ClientCaPath = "certs/clients.pem",
            ClientAuthentication = ClientAuthentication.Require,
            StrictSni = false,
            Alpn = ["h2", "http/1.1"],
            SessionTickets = true,
        },
        Timeouts = new ListenerTimeoutsConfig { HandshakeMs = 10_000 },
        Hsts = new HstsConfig { MaxAgeSeconds = 63_072_000, IncludesSubdomains = false, AllowsPreload = false },
        Routes = [new RouteConfig { Name = "route-1", Pool = "web" }],
    });

    [Fact]
    public void Listener_Database_HasTheWrittenValues() => Listener("database").ShouldBe(new ListenerConfig
    {
        Name = "database",
        Bind = [Bind("127.0.0.1:15432")],
        Protocol = ListenerProtocol.Tcp,
        Pool = "postgres",
        Timeouts = new ListenerTimeoutsConfig { IdleMs = 3_600_000, HelloMs = 10_000 },
        AccessLog = new AccessLogConfig(),
    });

    [Fact]
    public void Listener_Passthrough_HasTheWrittenValuesAndTcpsIdleTime() => Listener("passthrough").ShouldBe(new ListenerConfig
    {
        Name = "passthrough",
        Bind = [Bind("127.0.0.1:9443")],
        Protocol = ListenerProtocol.Tcp,
        Timeouts = new ListenerTimeoutsConfig { IdleMs = ListenerTimeoutsConfig.DefaultTcpIdleMs },
        Sni = new SniConfig
        {
            Rules =
            [
                new SniRuleConfig(new HostPattern("a.example.com", false), "web-tls", default),
                new SniRuleConfig(new HostPattern(".example.com", true), "other-tls", default),
            ],
            DefaultPool = "other-tls",
        },
        Alpn = [new AlpnRuleConfig("acme-tls/1", "web-tls", default)],
    });

    [Fact]
    public void Listener_Names_HasTheWrittenValues() => Listener("names").ShouldBe(new ListenerConfig
    {
        Name = "names",
        Bind = [Bind("127.0.0.1:1053")],
        Protocol = ListenerProtocol.Udp,
        Pool = "dns",
        AccessLog = new AccessLogConfig(),
        Udp = new UdpConfig { IdleMs = 30_000, Responses = null },
    });

    [Fact]
    public void Listener_Fast_HasTheWrittenValues()
    {
        var fast = Listener("fast");

        (fast.Protocol, fast.Mode, fast.Pool, fast.Bind[0].ToString()).ShouldBe((ListenerProtocol.Tcp, ListenerMode.Kernel, "web", "10.77.1.1:80"));
    }

    [Fact]
    public void Route_AdminApi_HasTheWrittenValues() => Listener("web").Routes[0].ShouldBe(new RouteConfig
    {
        Name = "admin-api",
        Match = new MatchConfig
        {
            Hosts = [new HostPattern("api.example.com", false)],
            Paths = [new PathPattern(PathPatternKind.Prefix, "/api/")],
            Methods = ["GET", "POST"],
            Headers = [new FieldMatch("authorization", new ValuePattern(ValuePatternKind.Prefix, "Bearer "))],
            Cookies = [new FieldMatch("beta", new ValuePattern(ValuePatternKind.Exact, "1"))],
            Query = [new FieldMatch("version", new ValuePattern(ValuePatternKind.Exact, "2"))],
            Clients = [Network("10.0.0.0/8")],
        },
        Pool = "api",
        Rewrite = new RewriteConfig { StripPrefix = "/api", AddPrefix = "", Host = "" },
        RequestHeaders = new HeaderRulesConfig { Set = [new HeaderSetting("X-Edge", "atlas")], Add = [], Remove = ["X-Debug"] },
        ResponseHeaders = new HeaderRulesConfig { Set = [], Add = [], Remove = ["Server"] },
        Timeouts = new RouteTimeoutsConfig { RequestMs = null },
        Retry = new RetryConfig { Attempts = 2, OnConnectFailure = true, OnReset = true, OnStatuses = [503] },
        RateLimit = new RateLimitConfig { Rate = new Rate(100, 1000), Burst = 200, Key = RequestKey.ClientIp, Store = null },
    });

    [Fact]
    public void Routes_AfterTheFirst_HaveTheWrittenValues() => Listener("web").Routes.Skip(1).ShouldBe(
    [
        new RouteConfig { Name = "route-2", Match = Path("/old/"), Redirect = new RedirectConfig { To = "/new/{rest}", Status = 308 } },
        new RouteConfig
        {
            Name = "route-3",
            Match = new MatchConfig { Paths = [new PathPattern(PathPatternKind.Exact, "/robots.txt")] },
            Respond = new RespondConfig { Status = 200, Body = "User-agent: *\n", Headers = [new HeaderSetting("content-type", "text/plain")] },
        },
        new RouteConfig
        {
            Name = "route-4",
            Match = Path("/shop/"),
            Split = [new SplitConfig { Pool = "web", Weight = 95 }, new SplitConfig { Pool = "canary", Weight = 5 }],
            Mirror = new MirrorConfig { Pool = "shadow", Share = 0.1 },
            RateLimit = new RateLimitConfig { Rate = new Rate(5_000, 1_000), Burst = 5_000, Key = new RequestKey(RequestKeyKind.Route, ""), Store = "shared" },
        },
        new RouteConfig { Name = "route-5", Pool = "web" },
    ]);

    private static ListenerConfig Listener(string name) => Config.Listeners.Single(listener => listener.Name == name);

    private static MatchConfig Path(string prefix) => new() { Paths = [new PathPattern(PathPatternKind.Prefix, prefix)] };

    private static BindAddress Bind(string text) => BindAddress.TryParse(text, out var address) ? address! : throw new ArgumentException(text);

    private static IpNetwork Network(string text) => IpNetwork.TryParse(text, out var network) ? network : throw new ArgumentException(text);
}
