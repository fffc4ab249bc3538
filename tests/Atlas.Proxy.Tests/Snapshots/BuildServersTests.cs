using Atlas.Core.Balancing;
using Atlas.Core.Configuration;
using Atlas.Proxy.Snapshots;
using static Atlas.Proxy.Tests.Snapshots.Configs;

namespace Atlas.Proxy.Tests.Snapshots;

public sealed class BuildServersTests
{
    private static readonly AtlasConfig Before = new()
    {
        Listeners =
        [
            new ListenerConfig
            {
                Name = "l",
                Bind = [BindAddress.Loopback(80)],
                Routes =
                [
                    new RouteConfig { Name = "a", Pool = "web", Mirror = new MirrorConfig { Pool = "web" } },
                    new RouteConfig { Name = "b", Pool = "other" },
                    new RouteConfig { Name = "c", Split = [new SplitConfig { Pool = "web", Weight = 1 }, new SplitConfig { Pool = "other", Weight = 0 }] },
                ],
            },
        ],
        Pools = [Pool("web", ("a", 1), ("b", 1)), Pool("other", ("c", 1))],
    };

    [Fact]
    public void BuildServers_OtherServersOfAPool_AreWhereverThePoolWas()
    {
        ProxySnapshot first = SnapshotBuilder.Build(Before, ProxySnapshot.Empty);
        AtlasConfig after = Before with { Pools = [Pool("web", ("b", 1), ("d", 1)), Before.Pools[1]] };

        ProxySnapshot next = SnapshotBuilder.BuildServers(after, Before, first);

        PoolSnapshot web = next.Pools[0];
        web.Servers.Select(server => server.Name).ShouldBe(["b", "d"]);
        web.Servers[0].ShouldBeSameAs(first.Pools[0].Servers[1]);
        web.Queue.ShouldBeSameAs(first.Pools[0].Queue);
        next.Pools[1].ShouldBeSameAs(first.Pools[1]);
        IReadOnlyList<RouteSnapshot> routes = next.Http().Routes.Routes;
        routes[0].Pool.ShouldBeSameAs(web);
        routes[0].Mirror!.Pool.ShouldBeSameAs(web);
        routes[1].Pool.ShouldBeSameAs(first.Pools[1]);
        routes[2].Split!.Pools.ShouldBe([web, first.Pools[1]]);
        routes[2].Split!.Choose(ulong.MaxValue).ShouldBeSameAs(web);
        next.Http().Routes.Table.ShouldBeSameAs(first.Http().Routes.Table);

        // Requests that began go on by what they began with.
        first.Http().Routes.Routes[0].Pool.ShouldBeSameAs(first.Pools[0]);
        first.Pools[0].Servers.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(BalanceAlgorithm.RoundRobin)]
    [InlineData(BalanceAlgorithm.WeightedRoundRobin)]
    [InlineData(BalanceAlgorithm.LeastConnections)]
    [InlineData(BalanceAlgorithm.IpHash)]
    [InlineData(BalanceAlgorithm.ConsistentHash)]
    [InlineData(BalanceAlgorithm.PowerOfTwo)]
    [InlineData(BalanceAlgorithm.LeastTime)]
    [InlineData(BalanceAlgorithm.Random)]
    [InlineData(BalanceAlgorithm.First)]
    public void BuildServers_PoolThatHadNone_ServesOnceItHasSome(BalanceAlgorithm algorithm)
    {
        PoolConfig none = Pool("web") with { Balance = algorithm, Sticky = new StickyConfig() };
        var before = new AtlasConfig { Pools = [none] };
        ProxySnapshot empty = SnapshotBuilder.Build(before, ProxySnapshot.Empty);
        var request = new PickRequest { Random = 7, Key = 7, HasKey = true };

        empty.Pools[0].Balancer.Current.Pick(request).ShouldBeLessThan(0);
        empty.Pools[0].Balancer.Refresh(1);
        empty.Pools[0].Balancer.Reconfigure(1);
        empty.Pools[0].TryBegin(request, out _).ShouldBeNull();
        var after = new AtlasConfig { Pools = [none with { Servers = Pool("web", ("a", 1)).Servers }] };
        ProxySnapshot some = SnapshotBuilder.BuildServers(after, before, empty);

        some.Pools[0].TryBegin(request, out int index).ShouldNotBeNull().Name.ShouldBe("a");
        index.ShouldBe(0);
        SnapshotBuilder.BuildServers(before, after, some).Pools[0].Balancer.Current.Pick(request).ShouldBeLessThan(0);
    }
}
