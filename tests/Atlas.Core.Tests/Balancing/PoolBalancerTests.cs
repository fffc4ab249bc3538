using Atlas.Core.Balancing;
using Atlas.Core.Configuration;
using Atlas.Core.Health;
using CsCheck;

namespace Atlas.Core.Tests.Balancing;

public sealed class PoolBalancerTests
{
    private static readonly Gen<BalanceAlgorithm> AnyAlgorithm = Gen.Int[0, Pools.Algorithms.Count() - 1].Select(Pools.Algorithms.ElementAt);

    public static TheoryData<BalanceAlgorithm> Algorithms => [.. Pools.Algorithms];

    /// <summary>For all algorithms: a pick is a member that has room and is not excluded, and there is one if there can
    /// be.</summary>
    [Fact]
    public void Pick_AnyPool_IsAbleOrThereIsNone() =>
        Gen.Select(AnyAlgorithm, Pools.Any, Gen.Int[0, 19].Array[0, 16], Gen.ULong).Sample((algorithm, servers, excluded, random) =>
        {
            Balancer balancer = Pools.Of(algorithm, servers).Current;
            int[] members = [.. balancer.Roster.Members];
            int[] able = [.. members.Where(i => servers[i].HasRoom && !excluded.Contains(i))];

            for (int i = 0; i < 5; i++)
            {
                int picked = balancer.Pick(new PickRequest { Random = random + (ulong)i, Excluded = excluded });

                (able.Length > 0 ? able.Contains(picked)
                    : picked == (members.Except(excluded).Any() ? Balancer.Full : Balancer.None)).ShouldBeTrue();
            }
        });

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Pick_AnySizeOfPool_TakesAllThatAreUsable(BalanceAlgorithm algorithm)
    {
        foreach (int count in (int[])[1, 2, 7, 8, 9, 1_000, 10_000])
        {
            BalancedServer[] servers = Pools.Weighing([.. Enumerable.Range(0, count).Select(i => i % 3)]);
            if (count > 1)
            {
                PoolBalancer pool = Pools.Of(algorithm, servers);
                pool.Pick(20).ShouldAllBe(pick => servers[pick].Weight > 0);
            }
            else
            {
                Pools.Of(algorithm, servers).Pick(1).ShouldBe([Balancer.None]);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Pick_AnyRequest_AllocatesNothing(BalanceAlgorithm algorithm)
    {
        BalancedServer[] servers = Pools.Weighing([.. Enumerable.Range(1, 100)]);
        Balancer balancer = Pools.Of(algorithm, servers).Current;
        int[] excluded = [0, 1, 2];

        Allocations.Of(() =>
        {
            for (int i = 0; i < 1_000; i++)
            {
                servers[balancer.Pick(new PickRequest { Random = (ulong)i })].Begin();
                balancer.Pick(new PickRequest { Random = (ulong)i, Excluded = excluded });
            }
        }).ShouldBe(0);
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Pick_PanicAndOneFailed_GoesToAServerThatIsKnownToBeWell(BalanceAlgorithm algorithm)
    {
        BalancedServer[] servers = Pools.Weighing(1, 1, 1, 1, 1);
        foreach (int down in (int[])[0, 2, 3, 4])
        {
            servers[down].IsUp = false;
        }

        PoolBalancer pool = Pools.Of(algorithm, servers);

        pool.Current.Roster.Group.ShouldBe(RosterGroup.Panic);
        pool.Pick(20, excluded: [0]).ShouldAllBe(pick => pick == 1);
        pool.Pick(20, excluded: [1]).ShouldAllBe(pick => pick != 1 && pick >= 0);
    }

    [Theory]
    [InlineData(AdminState.Drain)]
    [InlineData(AdminState.Maintenance)]
    public void Refresh_AdminStateChanged_TakesItAtOnce(AdminState state)
    {
        BalancedServer[] servers = Pools.Weighing(1, 1);
        PoolBalancer pool = Pools.Of(BalanceAlgorithm.RoundRobin, servers);
        servers[0].Admin = state;

        pool.Refresh(1).ShouldBeTrue();

        pool.Pick(3).ShouldBe([1, 1, 1]);
    }

    [Fact]
    public void Refresh_NothingChanged_KeepsTheBalancer()
    {
        PoolBalancer pool = Pools.Of(BalanceAlgorithm.Random, 3);
        Balancer before = pool.Current;

        pool.Refresh(1_000).ShouldBeFalse();

        pool.Current.ShouldBeSameAs(before);
        pool.NextChangeMs.ShouldBe(long.MaxValue);
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Reconfigure_OnlyTheLimitChanged_CountsAtOnce(BalanceAlgorithm algorithm)
    {
        BalancedServer[] servers = [Pools.Limited("a", 1), new("b")];
        PoolBalancer pool = Pools.Of(algorithm, servers);
        Pools.Load(servers[0], 1);
        Pools.Load(servers[1], 2);
        servers[0].Configure(new ServerConfig { MaxConnections = 2 });

        pool.Reconfigure(nowMs: 1);

        pool.Pick(20).ShouldContain(0);
    }

    [Fact]
    public void New_SameServersAsBefore_GoesOnWithTheRotation()
    {
        BalancedServer[] servers = Pools.Weighing(1, 1, 1);
        PoolBalancer before = Pools.Of(BalanceAlgorithm.RoundRobin, servers);
        before.Pick(2);

        var after = new PoolBalancer(BalanceAlgorithm.RoundRobin, servers, default, before, nowMs: 0);

        after.Pick(2).ShouldBe([2, 0]);
    }

    [Fact]
    public void Configure_WeightOfTheFileIsTheSame_KeepsTheOneOfRunTime()
    {
        var server = new BalancedServer("a");
        server.Configure(new ServerConfig { Weight = 5 });
        server.Weight = 7;

        server.Configure(new ServerConfig { Weight = 5 });
        server.Weight.ShouldBe(7);

        server.Configure(new ServerConfig { Weight = 6 });
        server.Weight.ShouldBe(6);
    }
}
