using System.Net;
using Atlas.Control.Configuration;
using Atlas.Core.Configuration;

namespace Atlas.Control.Tests.Configuration;

/// <summary>Each pool and every other section of the reference configuration, against what it should be read into, spelled out.</summary>
public sealed class ReferencePoolsTests
{
    private static readonly AtlasConfig Config = ConfigLoader.Load(RepositoryFiles.Reference).Config!;

    [Fact]
    public void Load_ReferenceTwice_GivesEqualConfigurations() =>
        ConfigLoader.Load(RepositoryFiles.Reference).Config.ShouldBe(Config);

    [Fact]
    public void Parse_ReferenceInAnotherLayout_GivesAnEqualConfiguration()
    {
        string text = "# moved down\n" + File.ReadAllText(RepositoryFiles.Reference).Replace("\n", "\n\n", StringComparison.Ordinal);

        ConfigLoader.Parse(text, RepositoryFiles.Reference).Config.ShouldBe(Config);
    }

    [Fact]
    public void Parse_OtherValue_GivesAnotherConfiguration()
    {
        string text = File.ReadAllText(RepositoryFiles.Reference).Replace("weight: 95", "weight: 94", StringComparison.Ordinal);

        ConfigLoader.Parse(text, RepositoryFiles.Reference).Config.ShouldNotBeNull().ShouldNotBe(Config);
    }

    [Fact]
    public void Pool_Web_HasTheWrittenValues() => Pool("web").ShouldBe(new PoolConfig
    {
        Name = "web",
        Balance = BalanceAlgorithm.RoundRobin,
        Servers =
        [
            new ServerConfig { Name = "127.0.0.1:9001", Address = Address("127.0.0.1:9001") },
            new ServerConfig { Name = "b", Address = Address("127.0.0.1:9002"), Weight = 3, MaxConnections = 100 },
            new ServerConfig { Name = "spare", Address = Address("127.0.0.1:9003"), Backup = true },
        ],
        HealthCheck = new HealthCheckConfig
        {
            Type = HealthCheckType.Http,
            Path = "/health",
            Host = "",
            Expect = new HealthExpectConfig
            {
                Statuses = [new StatusRange(200, 399)],
                Headers = [new FieldMatch("x-ready", new ValuePattern(ValuePatternKind.Exact, "1"))],
                Body = BodyPattern.Any,
            },
            IntervalMs = 5_000,
            TimeoutMs = 2_000,
            Rise = 2,
            Fall = 3,
        },
        OutlierDetection = new OutlierDetectionConfig { ConsecutiveFailures = 5, EjectForMs = 30_000, MaxEjectedShare = 0.5 },
        PanicThresholdShare = 0.5,
        SlowStartMs = 30_000,
        Sticky = new StickyConfig
        {
            By = StickyKind.Cookie,
            Cookie = new CookieConfig
            {
                Name = "atlas", TtlSeconds = 0, HttpOnly = true, SameSite = CookieSameSite.Lax, Secure = CookieSecure.Auto,
            },
            Secret = new SecretConfig { FilePath = "secrets/sticky.key" },
            Store = null,
        },
        Retry = new RetryConfig { Attempts = 1, OnConnectFailure = true, OnReset = true, BudgetShare = 0.2 },
        Queue = new QueueConfig { Limit = 1000, TimeoutMs = 5_000 },
        CircuitBreaker = new CircuitBreakerConfig { ErrorRateShare = 0.5, WindowMs = 10_000, MinRequests = 20, OpenForMs = 5_000 },
        Timeouts = new PoolTimeoutsConfig { ConnectMs = 3_000, ResponseMs = 60_000, TunnelMs = 3_600_000, TunnelHalfClosedMs = 30_000 },
        Keepalive = new KeepaliveConfig
        {
            IdleMs = 55_000, PerServer = 256, Requests = 0, MaxAgeMs = 3_600_000, NonIdempotent = ConnectionReuse.Reuse,
        },
    });

    [Fact]
    public void Pool_Api_HasTheWrittenValues() => Pool("api").ShouldBe(new PoolConfig
    {
        Name = "api",
        Balance = BalanceAlgorithm.LeastConnections,
        Protocol = UpstreamProtocol.Http2,
        MaxStreams = 100,
        Servers = [new ServerConfig { Name = "api.internal:8080", Dns = new DnsSourceConfig("api.internal", 8080, DnsRecordType.A, 10_000) }],
        HealthCheck = new HealthCheckConfig { Type = HealthCheckType.Grpc, Service = "shop.Api" },
        Tls = new PoolTlsConfig
        {
            CaPath = "certs/ca.pem",
            ServerName = "api.internal",
            Verify = true,
            CertPath = "certs/atlas.pem",
            KeyPath = "certs/atlas.key",
            MinVersion = TlsVersion.Tls12,
        },
        Session = "shop",
    });

    [Fact]
    public void Pool_Postgres_HasTheWrittenValues() => Pool("postgres").ShouldBe(new PoolConfig
    {
        Name = "postgres",
        Balance = BalanceAlgorithm.LeastConnections,
        Servers = [new ServerConfig { Name = "127.0.0.1:5432", Address = Address("127.0.0.1:5432") }],
        HealthCheck = new HealthCheckConfig { Type = HealthCheckType.Tcp },
        SendProxyProtocol = ProxyProtocolVersion.V2,
    });

    [Theory]
    [InlineData("shadow", "127.0.0.1:9012")]
    [InlineData("web-tls", "127.0.0.1:9444")]
    [InlineData("other-tls", "127.0.0.1:9445")]
    public void Pool_WithServersAlone_HasTheDefaults(string name, string address) => Pool(name).ShouldBe(new PoolConfig
    {
        Name = name,
        Servers = [new ServerConfig { Name = address, Address = Address(address) }],
    });

    [Fact]
    public void Pool_Dns_HasTheWrittenValues() =>
        (Pool("dns").Balance, Pool("dns").HashKey, Pool("dns").HashIpv6PrefixBits, Pool("dns").HashBalancePercent)
            .ShouldBe((BalanceAlgorithm.ConsistentHash, RequestKey.ClientIp, 64, 125));

    [Fact]
    public void Pool_Dns_HasTheWrittenCheck()
    {
        HealthCheckConfig check = Pool("dns").HealthCheck!;
        check.Type.ShouldBe(HealthCheckType.Udp);
        check.Port.ShouldBeNull();
        check.Send.ToBytes().ShouldBe([0x2A, 0x2A, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1]);
        check.Expect.Reply.ShouldBe(new ReplyPattern(Regex: null, new ProbePayload(IsHex: true, "2a2a")));
    }

    [Fact]
    public void Pool_WithAStoreForItsClients_HasTheWrittenValues() => Config.FindPool("canary")!.Sticky.ShouldBe(
        new StickyConfig { By = StickyKind.AppCookie, Name = "id", Store = "shared", TtlSeconds = 3_600 });

    [Fact]
    public void State_StoresAndSessions_HaveTheWrittenValues()
    {
        Config.Stores.Count.ShouldBe(4);
        Config.Stores[3].ShouldBe(new StoreConfig { Name = "here", MaxMemoryBytes = 256L << 20 });
        Config.Stores[0].ShouldBe(new StoreConfig
        {
            Name = "shared",
            Type = StoreType.Redis,
            Url = "redis://127.0.0.1:6379/0",
            Password = new SecretConfig { FilePath = "secrets/redis.password" },
            TimeoutMs = 50,
        });
        Config.Stores[1].Sentinels.Select(address => address.ToString()).ShouldBe(["10.0.0.21:26379", "10.0.0.22:26379", "10.0.0.23:26379"]);
        Config.Stores[1].Master.ShouldBe("mymaster");
        Config.Stores[1].User.ShouldBe("atlas");
        Config.Stores[1].SentinelUser.ShouldBe("atlas");
        Config.Stores[1].SentinelPassword.ShouldBe(new SecretConfig { FilePath = "secrets/sentinel.password" });
        Config.Stores[1].TlsInUse.ShouldBeNull();
        Config.Stores[2].Cluster.Select(address => address.ToString()).ShouldBe(["10.0.0.31:6379", "10.0.0.32:6379"]);
        Config.Stores[2].TlsInUse.ShouldNotBeNull().ServerName.ShouldBe("redis.internal");
        Config.Sessions.ShouldHaveSingleItem().ShouldBe(new SessionConfig
        {
            Name = "shop",
            Store = "shared",
            Cookie = new CookieConfig { Name = "shop_session", Secure = CookieSecure.Auto, HttpOnly = true, SameSite = CookieSameSite.Lax },
            Header = "Atlas-Session",
            TtlSeconds = 1_800,
            MaxSizeBytes = 16_384,
            OnStoreFailure = StoreFailureAction.Fail,
        });
    }

    [Fact]
    public void HighAvailability_Reference_HasTheWrittenValues() => Config.HighAvailability.ShouldBe(new HighAvailabilityConfig
    {
        Node = "lb-1",
        Bind = BindAddress.TryParse("0.0.0.0:9901", out var own) ? own : null,
        Secret = new SecretConfig { FilePath = "secrets/cluster.key" },
        Peers = [new PeerConfig { Name = "lb-2", Address = Address("10.0.0.2:9901") }],
        ActivePassive =
        [
            new VirtualRouterConfig
            {
                Interface = "eth0",
                RouterId = 51,
                Priority = 150,
                Addresses = [new InterfaceAddress(IPAddress.Parse("10.0.0.100"), 24)],
                AdvertiseMs = 1_000,
                Preempt = true,
                UnicastPeers = [IPAddress.Parse("10.0.0.2")],
                SourceAddress = IPAddress.Parse("10.0.0.1"),
                Store = "shared",
                Track = new TrackConfig { Listeners = true, Pools = ["web"], Penalty = 100 },
                Announce = new AnnounceConfig { Repeat = 5, AgainAfterMs = 5_000, RefreshMs = 60_000 },
            },
        ],
        ActiveActive = new ActiveActiveConfig
        {
            Bind = BindAddress.TryParse("0.0.0.0:53", out var bind) ? bind : null,
            Zone = "lb.example.com",
            TtlSeconds = 5,
            NameServers = ["ns1.example.com", "ns2.example.com"],
            ResponseLimit = new Rate(100, 1_000),
            Records =
            [
                new DnsAnswerConfig
                {
                    Name = "www",
                    Nodes =
                    [
                        new DnsNodeConfig { Node = "lb-1", Addresses = [IPAddress.Parse("203.0.113.1")] },
                        new DnsNodeConfig
                        {
                            Node = "lb-2",
                            Addresses = [IPAddress.Parse("203.0.113.2"), IPAddress.Parse("2001:db8::2")],
                            Weight = 2,
                        },
                    ],
                },
            ],
        },
    });

    [Fact]
    public void Process_Reference_HasTheWrittenValues()
    {
        Config.Admin.ShouldBe(new AdminConfig { Bind = BindAddress.Loopback(9900), Token = new SecretConfig { FilePath = "secrets/admin.token" } });
        Config.Runtime.ShouldBe(new RuntimeConfig
        {
            Workers = null,
            Resolvers = [IPEndPoint.Parse("10.0.0.53:53"), IPEndPoint.Parse("[2001:db8::53]:53")],
            Shutdown = new ShutdownConfig { ReadyDelayMs = 0, DeadlineMs = 30_000, TunnelDeadlineMs = 300_000, CloseSpreadMs = 0 },
        });
        Config.Telemetry.ShouldBe(new TelemetryConfig { Otlp = new OtlpConfig { Endpoint = "", TracesShare = 0.01 } });
    }

    private static PoolConfig Pool(string name) => Config.FindPool(name).ShouldNotBeNull();

    private static ServerAddress Address(string text) => ServerAddress.TryParse(text, out var address) ? address! : throw new ArgumentException(text);
}
