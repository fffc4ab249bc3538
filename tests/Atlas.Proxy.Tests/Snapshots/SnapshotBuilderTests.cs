using System.Net;
using Atlas.Core.Balancing;
using Atlas.Core.Configuration;
using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;
using Atlas.Proxy.Forwarding;
using Atlas.Proxy.Logging;
using Atlas.Proxy.Metrics;
using Atlas.Proxy.Snapshots;
using Atlas.Proxy.Tests.Logging;
using static Atlas.Proxy.Tests.Snapshots.Configs;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Proxy.Tests.Snapshots;

public sealed class SnapshotBuilderTests
{
    [Fact]
    public void Build_RetrySection_ReachesTheSnapshot()
    {
        PoolConfig pool = Pool("web", ("a", 1)) with
        {
            Retry = new RetryConfig { Attempts = 4, OnReset = false, OnStatuses = [500, 503, 599], BudgetShare = 0.5 },
        };
        PoolSnapshot built = SnapshotBuilder.Build(new AtlasConfig { Pools = [pool] }, ProxySnapshot.Empty).Pools[0];

        (built.Retry.Attempts, built.Retry.OnConnectFailure, built.Retry.OnReset).ShouldBe((4, true, false));
        built.RetryShare.ShouldBe(0.5);
        Enumerable.Range(-1, 1_000).Where(built.Retry.IsOn).ShouldBe([500, 503, 599]);
    }

    [Fact]
    public void Build_CircuitBreakerStaysTheSame_KeepsItsState()
    {
        PoolConfig pool = Pool("web", ("a", 1)) with { CircuitBreaker = new CircuitBreakerConfig { MinRequests = 7 } };
        ProxySnapshot first = SnapshotBuilder.Build(new AtlasConfig { Pools = [pool] }, ProxySnapshot.Empty);
        ProxySnapshot same = SnapshotBuilder.Build(new AtlasConfig { Pools = [pool with { Retry = new RetryConfig { Attempts = 3 } }] }, first);
        ProxySnapshot other = SnapshotBuilder.Build(
            new AtlasConfig { Pools = [pool with { CircuitBreaker = new CircuitBreakerConfig { MinRequests = 8 } }] }, same);

        same.Pools[0].CircuitBreaker.ShouldNotBeNull().ShouldBeSameAs(first.Pools[0].CircuitBreaker);
        same.Pools[0].RetryBudget.ShouldBeSameAs(first.Pools[0].RetryBudget);
        other.Pools[0].CircuitBreaker.ShouldNotBeNull().ShouldNotBeSameAs(same.Pools[0].CircuitBreaker);
    }

    [Theory]
    [InlineData(ListenerProtocol.Tcp)]
    [InlineData(ListenerProtocol.Udp)]
    public void Build_ListenerInModeKernel_HasItsPoolAndNothingElse(ListenerProtocol protocol)
    {
        var listener = new ListenerConfig { Name = "fast", Protocol = protocol, Mode = ListenerMode.Kernel, Pool = "web" };
        ProxySnapshot built = SnapshotBuilder.Build(
            new AtlasConfig { Listeners = [listener], Pools = [Pool("web", ("a", 1))] }, ProxySnapshot.Empty, new ProxyMetrics(1));

        built.Listeners.ShouldBe([new KernelListenerSnapshot("fast", built.Pools[0])]);
    }

    [Fact]
    public void Build_OutlierDetection_IsOnUnlessItIsTurnedOff()
    {
        PoolConfig pool = Pool("web", ("a", 1));
        var config = new AtlasConfig { Pools = [pool, pool with { Name = "off", OutlierDetection = null }] };
        ProxySnapshot built = SnapshotBuilder.Build(config, ProxySnapshot.Empty);

        built.Pools[0].ConsecutiveFailures.ShouldBe(5);
        built.Pools[1].ConsecutiveFailures.ShouldBeNull();
    }

    [Fact]
    public void Build_PoolStays_KeepsItsQueue()
    {
        PoolConfig pool = Pool("web", ("a", 1));
        ProxySnapshot first = SnapshotBuilder.Build(new AtlasConfig { Pools = [pool] }, ProxySnapshot.Empty);
        var changed = new AtlasConfig { Pools = [pool with { Queue = new QueueConfig { Limit = 3, TimeoutMs = 7 } }] };
        ProxySnapshot second = SnapshotBuilder.Build(changed, first);

        second.Pools[0].Queue.ShouldBeSameAs(first.Pools[0].Queue);
        (second.Pools[0].QueueLimit, second.Pools[0].QueueTimeoutMs).ShouldBe((3, 7));
    }

    [Fact]
    public void Build_DefaultsOfTheConfiguration_AreThoseOfTheSnapshot()
    {
        ProxySnapshot built = SnapshotBuilder.Build(Config(Pool("web", ("a", 9001))), ProxySnapshot.Empty);

        PoolSnapshot pool = built.Pools.ShouldHaveSingleItem();
        HttpListenerSnapshot listener = built.Http();
        Values(listener).ShouldBe(Values(new HttpListenerSnapshot("front", pool)));
        listener.TrustedProxies.ShouldBeEmpty();
        Values(pool).ShouldBe(Values(new PoolSnapshot("web", [])));
    }

    [Fact]
    public void Build_EveryKeyWritten_ReachesTheSnapshot()
    {
        AtlasConfig config = Config(
            Pool("web", ("a", 9001)) with
            {
                Timeouts = new PoolTimeoutsConfig { ConnectMs = 1, ResponseMs = 2, TunnelMs = 3, TunnelHalfClosedMs = 21 },
                Keepalive = new KeepaliveConfig
                {
                    IdleMs = 4, PerServer = 5, Requests = 6, MaxAgeMs = 7, NonIdempotent = ConnectionReuse.Fresh,
                },
                Retry = new RetryConfig { Attempts = 8, OnConnectFailure = false, OnReset = false },
            },
            front => front with
            {
                Limits = new ListenerLimitsConfig { RequestLineBytes = 11, HeadersBytes = 12, HeaderCount = 13, BodyBytes = 14 },
                Timeouts = new ListenerTimeoutsConfig
                {
                    HeadersMs = 15,
                    IdleMs = 16,
                    BodyMinRateBytesPerSecond = 17,
                    BodyIdleMs = 18,
                    SendMinRateBytesPerSecond = 19,
                    MaxAgeMs = 20,
                },
                TrustedProxies = [IpNetwork.Create(IPAddress.Parse("10.0.0.0"), 8)],
                Forwarded = true,
                Via = "edge",
            });

        ProxySnapshot built = SnapshotBuilder.Build(config, ProxySnapshot.Empty);

        Values(built.Pools[0]).ShouldBe([1, 2, 3, 21, 4, 5, 6, 7, true, 8, false, false]);
        HttpListenerSnapshot listener = built.Http();
        Values(listener).ShouldBe([new HttpLimits(11, 12, 13), 14L, 15, 16, 17, 18, 19, 20, true, "edge"]);
        listener.TrustedProxies.ShouldBe(config.Listeners[0].TrustedProxies);
    }

    [Theory]
    [InlineData(Strictness.Strictest, RequestRepairs.None, false)]
    [InlineData(Strictness.Defensive, RequestRepairs.All, false)]
    [InlineData(Strictness.Monitor, RequestRepairs.All, true)]
    public void Build_Strictness_SaysWhatIsRepairedAndLogged(Strictness strictness, RequestRepairs repairs, bool logs)
    {
        HttpListenerSnapshot listener = SnapshotBuilder.Build(
            Config(Pool("web", ("a", 9001)), front => front with { Strictness = strictness }), ProxySnapshot.Empty).Http();

        listener.Repairs.ShouldBe(repairs);
        listener.LogsRepairs.ShouldBe(logs);
    }

    [Theory]
    [InlineData(RepairKind.LengthAndChunked, RequestRepairs.LengthAndChunked)]
    [InlineData(RepairKind.EqualLengths, RequestRepairs.EqualLengths)]
    [InlineData(RepairKind.BareLf, RequestRepairs.BareLf)]
    [InlineData(RepairKind.EqualHosts, RequestRepairs.EqualHosts)]
    public void Build_OneRepair_AllowsThatOneOnly(RepairKind kind, RequestRepairs repairs) => SnapshotBuilder.Build(
        Config(Pool("web", ("a", 9001)), front => front with { Strictness = Strictness.Defensive, Repairs = [kind] }),
        ProxySnapshot.Empty).Http().Repairs.ShouldBe(repairs);

    [Theory]
    [InlineData(BalanceAlgorithm.IpHash, 64, true)]
    [InlineData(BalanceAlgorithm.IpHash, 128, false)]
    [InlineData(BalanceAlgorithm.ConsistentHash, 64, false)]
    [InlineData(BalanceAlgorithm.RoundRobin, 64, null)]
    public void Build_HashingPool_HashesWhatItsKeysSay(BalanceAlgorithm balance, int prefixBits, bool? isSameClient)
    {
        PoolConfig pool = Pool("web", ("a", 9001)) with
        {
            Balance = balance,
            HashIpv6PrefixBits = prefixBits,
            HashKey = new RequestKey(RequestKeyKind.Path, ""),
        };

        RequestKeys? keys = SnapshotBuilder.Build(Config(pool), ProxySnapshot.Empty).Pools[0].Keys;

        (Hash("/a", "2001:db8::1"u8) == Hash("/b", "2001:db8::2"u8)).ShouldBe(isSameClient ?? true);
        (keys is null).ShouldBe(isSameClient is null);

        ulong Hash(string path, ReadOnlySpan<byte> client)
        {
            RequestHead head = Heads.Request($"GET {path} HTTP/1.1\nHost: a", out byte[] buffer);
            ulong hash = 0;
            keys?.TryHash(buffer, head, client, isPeerTrusted: false, out hash).ShouldBeTrue();
            return hash;
        }
    }

    [Fact]
    public void Build_NoneWhereALimitMayBe_IsTheLargestNumber()
    {
        AtlasConfig config = Config(
            Pool("web", ("a", 9001)) with
            {
                Timeouts = new PoolTimeoutsConfig { ResponseMs = null, TunnelMs = null, TunnelHalfClosedMs = null },
                Keepalive = new KeepaliveConfig { MaxAgeMs = null },
            },
            front => front with
            {
                Limits = new ListenerLimitsConfig { BodyBytes = null },
                Timeouts = new ListenerTimeoutsConfig { MaxAgeMs = null },
            });

        ProxySnapshot built = SnapshotBuilder.Build(config, ProxySnapshot.Empty);

        PoolSnapshot pool = built.Pools[0];
        int[] none = [pool.ResponseMs, pool.TunnelMs, pool.TunnelHalfClosedMs, pool.MaxAgeMs, built.Http().MaxAgeMs];
        none.ShouldAllBe(value => value == int.MaxValue);
        built.Http().MaxBodyBytes.ShouldBe(long.MaxValue);
    }

    [Fact]
    public void Build_Again_KeepsServersWithTheSamePoolNameAndAddress()
    {
        ProxySnapshot first = SnapshotBuilder.Build(
            Config(Pool("web", ("a", 9001), ("b", 9002), ("c", 9003))), ProxySnapshot.Empty);
        ProxySnapshot second = SnapshotBuilder.Build(
            Config(Pool("web", ("c", 9003), ("b", 9999), ("d", 9001))), first);

        IReadOnlyList<ServerState> before = first.Pools[0].Servers;
        IReadOnlyList<ServerState> after = second.Pools[0].Servers;
        after[0].ShouldBeSameAs(before[2]);
        after[1].ShouldNotBeSameAs(before[1]);
        after[1].Address.Port.ShouldBe(9999);
        after[2].ShouldNotBeSameAs(before[0]);
    }

    [Fact]
    public void Build_Again_CountsOnAndLogsOn()
    {
        var metrics = new ProxyMetrics(workers: 2);
        var opened = new List<AccessLogConfig>();
        var log = new AccessLog(new CollectingDestination(), "test", workers: 2, AccessLog.DefaultRingBytes, _ => { });
        AccessLogWriter[] writers = [log.Writer(0, AccessLogFormat.Combined), log.Writer(1, AccessLogFormat.Combined)];
        IReadOnlyList<AccessLogWriter> Open(AccessLogConfig config)
        {
            opened.Add(config);
            return writers;
        }

        AtlasConfig config = Config(
            Pool("web", ("a", 9001)), front => front with { AccessLog = new AccessLogConfig { Format = AccessLogFormat.Combined } });

        ProxySnapshot first = SnapshotBuilder.Build(config, ProxySnapshot.Empty, metrics, Open);
        ProxySnapshot second = SnapshotBuilder.Build(config, first, metrics, Open);
        log.Stop(deadlineMs: 10_000).ShouldBeTrue();

        second.Listeners[0].Metrics.ShouldBeSameAs(metrics.Listener("front"));
        second.Pools[0].Servers[0].Metrics.ShouldBeSameAs(metrics.Server("web", "a"));
        first.Listeners[0].Metrics.ShouldBeSameAs(second.Listeners[0].Metrics);
        second.Listeners[0].AccessLog.ShouldBe(writers);
        opened.ShouldBe([config.Listeners[0].AccessLog!, config.Listeners[0].AccessLog!]);
    }

    [Fact]
    public void Build_NoAccessLog_HasNoWriters()
    {
        ProxySnapshot built = SnapshotBuilder.Build(
            Config(Pool("web", ("a", 9001))),
            ProxySnapshot.Empty,
            openLog: _ => throw new InvalidOperationException("nobody asked for a log"));

        built.Listeners[0].AccessLog.ShouldBeEmpty();
        built.Listeners[0].Metrics.ShouldBeNull();
    }

    [Fact]
    public void Build_PoolRenamed_TakesNothingOver()
    {
        ProxySnapshot first = SnapshotBuilder.Build(Config(Pool("web", ("a", 9001))), ProxySnapshot.Empty);
        ProxySnapshot second = SnapshotBuilder.Build(Config(Pool("site", ("a", 9001))), first);

        second.Pools[0].Servers[0].ShouldNotBeSameAs(first.Pools[0].Servers[0]);
    }

    [Fact]
    public void Build_Again_TheRotationGoesOn()
    {
        AtlasConfig config = Config(Pool("web", ("a", 9001), ("b", 9002), ("c", 9003)));
        ProxySnapshot first = SnapshotBuilder.Build(config, ProxySnapshot.Empty);
        int one = first.Pools[0].Balancer.Current.Pick(default);
        ProxySnapshot second = SnapshotBuilder.Build(config, first);
        int two = second.Pools[0].Balancer.Current.Pick(default);

        (one, two).ShouldBe((0, 1));
    }

    [Fact]
    public void Build_ServersChanged_AreAsBefore()
    {
        PoolConfig pool = Pool("web", ("a", 9001), ("b", 9002));
        ProxySnapshot first = SnapshotBuilder.Build(Config(pool), ProxySnapshot.Empty);
        BalancedServer server = first.Pools[0].Servers[0].Balancing;
        PoolConfig changed = pool with
        {
            Servers = [pool.Servers[0] with { Weight = 3, MaxConnections = 7, Backup = true }, pool.Servers[1]],
        };

        ProxySnapshot second = SnapshotBuilder.Build(Config(changed), first);

        second.Pools[0].Servers[0].Balancing.ShouldBeSameAs(server);
        (server.Weight, server.MaxActive, server.IsBackup).ShouldBe((1, int.MaxValue, false));
    }

    [Theory]
    [InlineData(BalanceAlgorithm.RoundRobin)]
    [InlineData(BalanceAlgorithm.LeastConnections)]
    [InlineData(BalanceAlgorithm.First)]
    public void Build_Balance_ReachesThePool(BalanceAlgorithm algorithm) =>
        SnapshotBuilder.Build(Config(Pool("web", ("a", 9001)) with { Balance = algorithm }), ProxySnapshot.Empty)
            .Pools[0].Balancer.Algorithm.ShouldBe(algorithm);

    [Theory]
    [InlineData("10.0.0.1:80", "10.0.0.1:80")]
    [InlineData("[2001:db8::1]:80", "[2001:db8::1]:80")]
    [InlineData("unix:/run/app.sock", "unix:/run/app.sock")]
    public void Build_AddressOfAServer_IsTheKernels(string written, string expected)
    {
        ServerAddress.TryParse(written, out ServerAddress? address).ShouldBeTrue();
        PoolConfig pool = Pool("web") with { Servers = [new ServerConfig { Name = "a", Address = address }] };

        SocketAddress built = SnapshotBuilder.Build(Config(pool), ProxySnapshot.Empty).Pools[0].Servers[0].Address;

        built.ToString().ShouldBe(expected);
    }

    private static object[] Values(HttpListenerSnapshot listener) =>
    [
        listener.Limits, listener.MaxBodyBytes, listener.HeadersMs, listener.IdleMs, listener.BodyMinRateBytesPerSecond,
        listener.BodyIdleMs, listener.SendMinRateBytesPerSecond, listener.MaxAgeMs, listener.Forwarded, listener.Pseudonym,
    ];

    private static object[] Values(PoolSnapshot pool) =>
    [
        pool.ConnectMs, pool.ResponseMs, pool.TunnelMs, pool.TunnelHalfClosedMs, pool.IdleMs, pool.IdlePerServer, pool.RequestsPerConnection,
        pool.MaxAgeMs, pool.FreshForNonIdempotent, pool.Retry.Attempts, pool.Retry.OnConnectFailure, pool.Retry.OnReset,
    ];
}
