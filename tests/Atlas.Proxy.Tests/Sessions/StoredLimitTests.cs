using System.Net;
using Atlas.Core.Configuration;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Proxy.Answers;
using Atlas.Proxy.Metrics;
using Atlas.Proxy.RateLimiting;
using Atlas.Proxy.Snapshots;
using Atlas.Proxy.Stores;
using Atlas.Proxy.Tests.Stores;
using Atlas.Simulation;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Proxy.Tests.Sessions;

/// <summary>Limits that a store decides, and what happens without its answer.</summary>
public sealed class StoredLimitTests
{
    private const int Seeds = 8;
    private static readonly RedisEndpoint Endpoint = new("10.0.0.1", 6379);
    private static readonly RateLimitConfig Limit = new() { Rate = new Rate(1, 1_000), Burst = 5, Store = "shared", Key = new RequestKey(RequestKeyKind.Header, "X-Key") };

    private readonly FakeRedis _redis = new();
    private readonly RouteMetrics _metrics = new ProxyMetrics(workers: 1).Route("front", "r");

    [Fact]
    public void Store_Allows_TheRequestPassesAndIsToldWhatIsLeft() => ForSeeds(Limit, async world =>
    {
        _redis.Answer = _ => "*4\r\n:1\r\n:2500000\r\n:0\r\n:1700000000000000\r\n";
        WireMessage response = await world.AskAsync(Routes.Get("/", "X-Key: ann\r\n"), 200);

        response.Field("ratelimit-limit").ShouldBe("5");
        response.Field("ratelimit-remaining").ShouldBe("2");
        response.Field("ratelimit-reset").ShouldBe("3");
        string[] parts = _redis.Commands[^1].Split(' ');
        parts[0].ShouldBe("EVALSHA");
        parts[2].ShouldBe("1");
        parts[3].ShouldStartWith("atlas:limit:front/r:");
        parts[3]["atlas:limit:front/r:".Length..].ShouldBe("04f75d80cb6d6eecdca5a09e37df3c74", "nodes of all versions agree");
        parts[4..].ShouldBe(["1", "5000000", "0", "4000000", "0", "1000000", "0"]);
    });

    [Fact]
    public void Store_Refuses_TheRequestGets429() => ForSeeds(Limit, async world =>
    {
        _redis.Answer = _ => "*4\r\n:0\r\n:4000001\r\n:0\r\n:1700000000000000\r\n";
        WireMessage response = await world.AskAsync(Routes.Get("/"), 429);

        response.Field("retry-after").ShouldBe("1");
        response.Field("ratelimit-reset").ShouldBe("5");
    });

    [Theory]
    [InlineData(RateLimitFallback.Local, "stopped", 429, RateLimitSource.Fallback)]
    [InlineData(RateLimitFallback.Local, "refuses", 429, RateLimitSource.Fallback)]
    [InlineData(RateLimitFallback.Local, "-ERR no\r\n", 429, RateLimitSource.Fallback)]
    [InlineData(RateLimitFallback.Local, "*4\r\n:1\r\n:-1\r\n:0\r\n:1\r\n", 429, RateLimitSource.Fallback)]
    [InlineData(RateLimitFallback.Local, "*4\r\n:1\r\n:1\r\n:1\r\n:1\r\n", 429, RateLimitSource.Fallback)]
    [InlineData(RateLimitFallback.Local, "$1\r\nx\r\n", 429, RateLimitSource.Fallback)]
    [InlineData(RateLimitFallback.Open, "stopped", 200, RateLimitSource.None)]
    [InlineData(RateLimitFallback.Open, "refuses", 200, RateLimitSource.None)]
    [InlineData(RateLimitFallback.Closed, "stopped", 503, RateLimitSource.None)]
    [InlineData(RateLimitFallback.Closed, "refuses", 503, RateLimitSource.None)]
    public void Store_DoesNotAnswer_ItIsAsConfigured(RateLimitFallback fallback, string state, int status, RateLimitSource source) =>
        ForSeeds(Limit with { Burst = 1, Rate = new Rate(1, 3_600_000), OnStoreFailure = fallback }, async world =>
        {
            _redis.IsStopped = state == "stopped";
            _redis.Answer = _ => state;
            (int allowed, int refused) = Counted(source);
            await world.AskAsync(Routes.Get("/"), fallback == RateLimitFallback.Closed ? 503 : 200);
            WireMessage response = await world.AskAsync(Routes.Get("/"), status);
            response.Field("ratelimit-limit").ShouldBe(fallback == RateLimitFallback.Local ? "1" : null);
            response.Field("retry-after").ShouldBe(status switch { 429 => "3600", 503 => "1", _ => null });
            Counted(source).ShouldBe(fallback switch
            {
                RateLimitFallback.Open => (allowed + 2, refused),
                RateLimitFallback.Closed => (allowed, refused + 2),
                _ => (allowed + 1, refused + 1),
            });
        }, refuses: state == "refuses");

    [Fact]
    public void Client_LeavesWhileTheStoreIsAsked_NoServerGetsTheRequest()
    {
        StoreState store = Store();
        var world = new ProxyWorld(1, SimulationOptions.Calm, listener: Routes.Of(pools =>
            [new RouteSnapshot("r") { Pool = pools[0], Limit = new RouteLimit(Limit, null, 0, "front/r", store) }]));
        Listen(world);
        _redis.IsStopped = true;
        world.Run(async () =>
        {
            (ByteStream client, _) = await world.ConnectAsync();
            await client.SendAllAsync(ProxyWorld.Bytes(Routes.Get("/")));
            await world.DelayAsync(100);
            client.Close();
            await world.DelayAsync(100);
            world.Sessions.ShouldBe(0, "the store is not waited for");
            await world.DelayAsync(2_000);
            world.Server.Seen.ShouldBeEmpty();
            _redis.IsStopped = false;
            world.Proxy.Forget(store);
        });
    }

    [Fact]
    public void Store_InMemory_IsTheNode()
    {
        var store = new StoreState(new StoreConfig { Name = "shared" }, redis: null, workers: 1);
        var world = new ProxyWorld(1, SimulationOptions.Calm, listener: Routes.Of(pools =>
            [new RouteSnapshot("r") { Pool = pools[0], Metrics = _metrics, Limit = new RouteLimit(Limit with { Burst = 1 }, null, 0, "front/r", store) }]));
        world.Run(async () =>
        {
            await world.AskAsync(Routes.Get("/"), 200);
            await world.AskAsync(Routes.Get("/"), 429);
        });
        Counted(RateLimitSource.Local).ShouldBe((1, 1));
    }

    private static StoreState Store() => new(
        new StoreConfig { Name = "shared", Type = StoreType.Redis }, new RedisOptions { TimeoutMs = 1_000 }, workers: 1)
    {
        Topology = RedisTopology.Of(Endpoint),
    };

    private SimulatedListener Listen(ProxyWorld world) => world.Network.Listen(
        SocketAddress.OfIp(IPAddress.Parse(Endpoint.Host), Endpoint.Port), world.Network.AddLoop(), _redis);

    private (int Allowed, int Refused) Counted(RateLimitSource source) =>
        ((int)_metrics.RateLimited(source, isAllowed: true), (int)_metrics.RateLimited(source, isAllowed: false));

    private void ForSeeds(RateLimitConfig config, Func<ProxyWorld, Flow> scenario, bool refuses = false)
    {
        for (int seed = 0; seed < Seeds; seed++)
        {
            StoreState store = Store();
            var world = new ProxyWorld(seed, listener: Routes.Of(_ =>
            [
                new RouteSnapshot("r")
                {
                    Answer = new FixedAnswer(new RespondConfig { Body = "text" }),
                    Metrics = _metrics,
                    Limit = new RouteLimit(config, null, 0, "front/r", store),
                },
            ]));
            Listen(world).Refuses = refuses;
            world.Run(async () =>
            {
                await scenario(world);
                _redis.IsStopped = false;
                world.Proxy.Forget(store);
            });
        }
    }
}
