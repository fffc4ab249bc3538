using Atlas.Core.Configuration;
using Atlas.Proxy.Metrics;
using Atlas.Proxy.Snapshots;
using Atlas.Proxy.Tests.Metrics;
using Atlas.Proxy.Tests.Snapshots;
using Atlas.Proxy.UserSessions;

namespace Atlas.Proxy.Tests.UserSessions;

public sealed class SessionBuilderTests
{
    private static readonly SessionConfig Shop = new() { Name = "shop", Store = "here", Cookie = new CookieConfig { Name = "sid" } };

    [Fact]
    public void Build_TheSameAgain_IsTheSameSession()
    {
        ProxySnapshot before = SnapshotBuilder.Build(Config(Shop), ProxySnapshot.Empty);

        SnapshotBuilder.Build(Config(Shop), before).Pools[0].Session.ShouldBeSameAs(before.Pools[0].Session);
    }

    [Fact]
    public void Build_OtherTimes_KeepWhatTheStoreHas()
    {
        ProxySnapshot before = SnapshotBuilder.Build(Config(Shop), ProxySnapshot.Empty);

        SessionSnapshot next = SnapshotBuilder.Build(Config(Shop with { TtlSeconds = 5 }), before).Pools[0].Session.ShouldNotBeNull();

        next.Life.TtlSeconds.ShouldBe(5);
        next.Store.ShouldBeSameAs(before.Pools[0].Session!.Store);
    }

    [Fact]
    public void Build_AnotherStore_BeginsAnew()
    {
        ProxySnapshot before = SnapshotBuilder.Build(Config(Shop), ProxySnapshot.Empty);

        SnapshotBuilder.Build(Config(Shop with { Store = "there" }), before).Pools[0].Session!.Store.ShouldNotBeSameAs(before.Pools[0].Session!.Store);
    }

    [Fact]
    public void Build_TwoPoolsOfOneSession_ShareIt()
    {
        AtlasConfig config = Config(Shop);

        ProxySnapshot snapshot = SnapshotBuilder.Build(config with { Pools = [.. config.Pools, config.Pools[0] with { Name = "b" }] }, ProxySnapshot.Empty);

        snapshot.Pools[1].Session.ShouldBeSameAs(snapshot.Pools[0].Session);
    }

    [Fact]
    public void Metrics_OfASession_TellWhatWasAskedForAndWhatIsKept()
    {
        var metrics = new ProxyMetrics(workers: 1);
        ProxySnapshot snapshot = SnapshotBuilder.Build(Config(Shop), ProxySnapshot.Empty, metrics);
        snapshot.TakeOver(ProxySnapshot.Empty);
        snapshot.Pools[0].Session!.Metrics!.Count(0, SessionOperation.Load, StoreResult.Away);
        var writer = new RecordingWriter();

        metrics.WriteTo(writer);

        writer.Samples.ShouldContain("atlas_session_operations_total{session=shop,operation=load,result=away} 1");
        writer.Samples.ShouldContain("atlas_sessions_in_memory{session=shop} 0");
    }

    [Fact]
    public void Build_WithLessMemory_LimitsItOnceItIsInForce()
    {
        ProxySnapshot before = SnapshotBuilder.Build(Config(Shop), ProxySnapshot.Empty);
        before.TakeOver(ProxySnapshot.Empty);
        var sessions = (MemorySessions)before.Sessions[0].Store;
        StoreConfig[] smaller = [new StoreConfig { Name = "here", MaxMemoryBytes = 1 << 20 }, new StoreConfig { Name = "there" }];

        ProxySnapshot next = SnapshotBuilder.Build(Config(Shop) with { Stores = [.. smaller] }, before);

        next.Sessions[0].Store.ShouldBeSameAs(sessions);
        sessions.Table.MaxBytes.ShouldBe(new StoreConfig { Name = "here" }.MaxMemoryBytes);
        next.TakeOver(before);
        sessions.Table.MaxBytes.ShouldBe(1 << 20);
    }

    private static AtlasConfig Config(SessionConfig session)
    {
        PoolConfig pool = Configs.Pool("a", ("s1", 1), ("s2", 2)) with { Session = session.Name };
        return Configs.Config(pool) with
        {
            Stores = [new StoreConfig { Name = "here" }, new StoreConfig { Name = "there" }],
            Sessions = [session],
        };
    }
}
