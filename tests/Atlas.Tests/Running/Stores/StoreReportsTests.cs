using System.Threading.Channels;
using Atlas.Core.Configuration;
using Atlas.Proxy.Snapshots;
using Atlas.Proxy.Stores;
using Atlas.Running.Stores;
using Microsoft.Extensions.Time.Testing;

namespace Atlas.Tests.Running.Stores;

public sealed class StoreReportsTests
{
    private readonly Channel<string> _told = Channel.CreateUnbounded<string>();
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task StoreChanged_WorkersFindOutOneByOne_IsToldOnce()
    {
        using StoreReports reports = Make();
        var store = new StoreState(new StoreConfig { Name = "shared", Type = StoreType.Redis }, new RedisOptions(), workers: 2) { Observer = reports };
        reports.Apply(new ProxySnapshot([], []) { Stores = [store] });
        var down = new StoreHealth(StoreCondition.Down, "127.0.0.1:6379 refuses connections");

        Find(store, 0, StoreHealth.Up);
        Find(store, 1, StoreHealth.Up);
        Find(store, 0, down);
        (await NextAsync()).ShouldBe("store shared is down: 127.0.0.1:6379 refuses connections");
        Find(store, 1, down);
        _time.Advance(TimeSpan.FromSeconds(1));
        Find(store, 0, StoreHealth.Up);
        Find(store, 1, StoreHealth.Up);
        (await NextAsync()).ShouldBe("store shared is up");
        _told.Reader.TryRead(out _).ShouldBeFalse();
    }

    [Fact]
    public void Tell_StoreGoesBackAndForth_IsToldOfWhatLasts()
    {
        using StoreReports reports = Make();
        var store = new StoreState(new StoreConfig { Name = "shared", Type = StoreType.Redis }, new RedisOptions(), workers: 1);
        reports.Apply(new ProxySnapshot([], []) { Stores = [store] });
        var slow = new StoreHealth(StoreCondition.Slow, "y");
        for (int i = 0; i < 100; i++)
        {
            reports.Tell(With(store, slow));
            _time.Advance(TimeSpan.FromMilliseconds(400));
            reports.Tell(With(store, StoreHealth.Up));
            _time.Advance(TimeSpan.FromMilliseconds(15));
        }

        Told().ShouldBe(["store shared is slow: y"]);
        _time.Advance(TimeSpan.FromMilliseconds(984));
        Told().ShouldBeEmpty();
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Told().ShouldBe(["store shared is up"]);
        reports.Tell(With(store, slow));
        Told().ShouldBe(["store shared is slow: y"]);
    }

    [Fact]
    public void Tell_TwoStores_NeitherPutsTheOtherOff()
    {
        using StoreReports reports = Make();
        StoreState[] stores = [.. new[] { "a", "b" }.Select(name =>
            new StoreState(new StoreConfig { Name = name, Type = StoreType.Redis }, new RedisOptions(), workers: 1))];
        reports.Apply(new ProxySnapshot([], []) { Stores = stores });
        var down = new StoreHealth(StoreCondition.Down, "x");
        foreach (StoreState store in stores)
        {
            reports.Tell(With(store, down));
        }

        reports.Tell(With(stores[0], StoreHealth.Up));
        _time.Advance(TimeSpan.FromMilliseconds(600));
        reports.Tell(With(stores[1], StoreHealth.Up));
        Told().ShouldBe(["store a is down: x", "store b is down: x"]);
        _time.Advance(TimeSpan.FromMilliseconds(400));
        Told().ShouldBe(["store a is up"]);
        _time.Advance(TimeSpan.FromMilliseconds(600));
        Told().ShouldBe(["store b is up"]);
    }

    [Fact]
    public void Tell_DownForAnotherReason_IsToldAgainAfterAWhile()
    {
        using StoreReports reports = Make();
        var store = new StoreState(new StoreConfig { Name = "shared", Type = StoreType.Redis }, new RedisOptions(), workers: 1);
        reports.Apply(new ProxySnapshot([], []) { Stores = [store] });

        reports.Tell(With(store, new StoreHealth(StoreCondition.Down, "x")));
        reports.Tell(With(store, new StoreHealth(StoreCondition.Down, "y")));
        Told().ShouldBe(["store shared is down: x"]);
        _time.Advance(TimeSpan.FromSeconds(5));
        Told().ShouldBe(["store shared is down: y"]);
        _time.Advance(TimeSpan.FromSeconds(5));
        Told().ShouldBeEmpty();
    }

    [Fact]
    public void Apply_StoreThatWasDownIsAnotherOneNow_IsToldHowThatIs()
    {
        using StoreReports reports = Make();
        var store = new StoreState(new StoreConfig { Name = "shared", Type = StoreType.Redis }, new RedisOptions(), workers: 1);
        reports.Apply(new ProxySnapshot([], []) { Stores = [store] });
        reports.Tell(With(store, new StoreHealth(StoreCondition.Down, "x")));
        _time.Advance(TimeSpan.FromSeconds(1));
        reports.Apply(new ProxySnapshot([], []) { Stores = [new StoreState(new StoreConfig { Name = "shared" }, redis: null, workers: 1)] });

        Told().ShouldBe(["store shared is down: x", "store shared is up"]);
    }

    [Fact]
    public async Task StoreChanged_StoreOfAnOlderConfiguration_IsNotTold()
    {
        using StoreReports reports = Make();
        var old = new StoreState(new StoreConfig { Name = "old", Type = StoreType.Redis }, new RedisOptions(), workers: 1) { Observer = reports };
        var store = new StoreState(new StoreConfig { Name = "shared", Type = StoreType.Redis }, new RedisOptions(), workers: 1) { Observer = reports };
        reports.Apply(new ProxySnapshot([], []) { Stores = [store] });

        reports.Tell(With(old, new StoreHealth(StoreCondition.Down, "x")));
        reports.Tell(With(store, new StoreHealth(StoreCondition.Slow, "y")));
        (await NextAsync()).ShouldBe("store shared is slow: y");
    }

    private StoreReports Make() =>
        new(change => _told.Writer.TryWrite(change.ToString()), new StoreServers(_ => { }, _ => null), _time);

    private List<string> Told()
    {
        var told = new List<string>();
        while (_told.Reader.TryRead(out string? line))
        {
            told.Add(line);
        }

        return told;
    }

    private static StoreState With(StoreState store, StoreHealth health)
    {
        store.Found(0, health);
        return store;
    }

    private static void Find(StoreState store, int worker, StoreHealth health) => store.Found(worker, health);

    private async Task<string> NextAsync() => await _told.Reader.ReadAsync();
}
