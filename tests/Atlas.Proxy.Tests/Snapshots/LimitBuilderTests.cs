using Atlas.Core.Configuration;
using Atlas.Core.RateLimiting;
using Atlas.Engine.Streams;
using Atlas.Proxy.Snapshots;
using Atlas.Proxy.Tests.Sessions;
using Atlas.Simulation;
using static Atlas.Proxy.Tests.Snapshots.Configs;

namespace Atlas.Proxy.Tests.Snapshots;

/// <summary>What of a rate limit outlives a reload.</summary>
public sealed class LimitBuilderTests
{
    private static readonly RateLimitConfig Slow = new() { Rate = new Rate(1, 3_600_000), Burst = 1 };

    [Fact]
    public void Build_SameLimit_KeepsItsClients() => Reload(Slow, Slow).ShouldBe(429);

    // Names of places in the file are no part of a limit.
    [Fact]
    public void Build_OtherNamesOfWhatDecides_KeepsItsClients() =>
        Reload(Slow, Slow with { Store = null, OnStoreFailure = RateLimitFallback.Open }).ShouldBe(429);

    [Fact]
    public void Build_OtherKey_BeginsAnew() =>
        Reload(Slow, Slow with { Key = new RequestKey(RequestKeyKind.Host, "") }).ShouldBe(200);

    [Fact]
    public void Build_OtherRoute_BeginsAnew() => Reload(Slow, Slow, "other").ShouldBe(200);

    [Fact]
    public void Build_LimitTakenAway_LetsPass() => Reload(Slow, after: null).ShouldBe(200);

    [Theory]
    [InlineData(0, 1 << 18)]
    [InlineData(16, 1 << 18)]
    [InlineData(17, 1 << 17)]
    [InlineData(32, 1 << 17)]
    [InlineData(33, 1 << 16)]
    [InlineData(4_096, 1 << 10)]
    [InlineData(100_000, 1 << 10)]
    public void EntriesFor_ManyLimits_ShareTheMemory(int limits, int entries) => LimitBuilder.EntriesFor(limits).ShouldBe(entries);

    [Fact]
    public void Build_LimitOfTheWholeRoute_HasNoRoomForClients()
    {
        AtlasConfig config = Config(Pool("web", ("a", 9001)), front => With(front, "r", Slow with { Key = new RequestKey(RequestKeyKind.Route, "") }));

        SnapshotBuilder.Build(config, ProxySnapshot.Empty).Http().Routes.Routes[0].Limit!.Entries.ShouldBe(RateLimitTable.Ways);
    }

    // Status of a client that had used up its limit before the reload.
    private static int Reload(RateLimitConfig before, RateLimitConfig? after, string name = "r")
    {
        PoolConfig pool = Pool("web", ("a", 9001));
        ProxySnapshot first = SnapshotBuilder.Build(Config(pool, front => With(front, "r", before)), ProxySnapshot.Empty);
        ProxySnapshot second = SnapshotBuilder.Build(Config(pool, front => With(front, name, after)), first);
        int status = 0;
        var world = new ProxyWorld(1, SimulationOptions.Calm, listener: front => front with { Routes = first.Http().Routes });
        world.Run(async () =>
        {
            await world.AskAsync(Routes.Get("/"), 200);
            await world.AskAsync(Routes.Get("/"), 429);
            world.Front.Snapshot = world.Front.Snapshot with { Routes = second.Http().Routes };
            (ByteStream client, WireReader reader) = await world.ConnectAsync();
            await client.SendAllAsync(ProxyWorld.Bytes(Routes.Get("/")));
            status = (await reader.ResponseAsync("GET")).ShouldNotBeNull().Status;
        });
        return status;
    }

    private static ListenerConfig With(ListenerConfig front, string name, RateLimitConfig? limit) => front with
    {
        Routes = [new RouteConfig { Name = name, Respond = new RespondConfig(), RateLimit = limit }],
    };
}
