using System.Threading.Channels;
using Atlas.Core.Configuration;
using Atlas.Proxy.Snapshots;
using Atlas.Proxy.Stores;
using Atlas.Running;

namespace Atlas.Tests.Running;

public sealed class StoreReportsTests
{
    private readonly Channel<string> _told = Channel.CreateUnbounded<string>();

    [Fact]
    public async Task StoreChanged_WorkersFindOutOneByOne_IsToldOnce()
    {
        using var reports = new StoreReports(change => _told.Writer.TryWrite(change.ToString()), new StoreServers(_ => { }, _ => null));
        var store = new StoreState(new StoreConfig { Name = "shared", Type = StoreType.Redis }, new RedisOptions(), workers: 2) { Observer = reports };
        reports.Apply(new ProxySnapshot([], []) { Stores = [store] });
        var down = new StoreHealth(StoreCondition.Down, "127.0.0.1:6379 refuses connections");

        Find(store, 0, StoreHealth.Up);
        Find(store, 1, StoreHealth.Up);
        Find(store, 0, down);
        (await NextAsync()).ShouldBe("store 'shared' is down: 127.0.0.1:6379 refuses connections");
        Find(store, 1, down);
        Find(store, 0, StoreHealth.Up);
        Find(store, 1, StoreHealth.Up);
        (await NextAsync()).ShouldBe("store 'shared' is up");
        _told.Reader.TryRead(out _).ShouldBeFalse();
    }

    [Fact]
    public async Task StoreChanged_StoreOfAnOlderConfiguration_IsNotTold()
    {
        using var reports = new StoreReports(change => _told.Writer.TryWrite(change.ToString()), new StoreServers(_ => { }, _ => null));
        var old = new StoreState(new StoreConfig { Name = "old", Type = StoreType.Redis }, new RedisOptions(), workers: 1) { Observer = reports };
        var store = new StoreState(new StoreConfig { Name = "shared", Type = StoreType.Redis }, new RedisOptions(), workers: 1) { Observer = reports };
        reports.Apply(new ProxySnapshot([], []) { Stores = [store] });

        reports.Tell(With(old, new StoreHealth(StoreCondition.Down, "x")));
        reports.Tell(With(store, new StoreHealth(StoreCondition.Slow, "y")));
        (await NextAsync()).ShouldBe("store 'shared' is slow: y");
    }

    private static StoreState With(StoreState store, StoreHealth health)
    {
        store.Found(0, health);
        return store;
    }

    private static void Find(StoreState store, int worker, StoreHealth health) => store.Found(worker, health);

    private async Task<string> NextAsync() => await _told.Reader.ReadAsync();
}
