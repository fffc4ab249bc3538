using Atlas.Core.Balancing;
using Atlas.Core.Configuration;
using CsCheck;

namespace Atlas.Core.Tests.Balancing;

public sealed class LeastConnectionsTests
{
    /// <summary>Against a look at each member, with exact fractions. In panic the second try is not the algorithm's.</summary>
    [Fact]
    public void Pick_AnyPool_TakesOneOfTheLeastLoadedThatMayTakeIt() =>
        Gen.Select(Pools.Any, Gen.Int[0, 19].Array[0, 3]).Sample((servers, excluded) =>
        {
            PoolBalancer pool = Pools.Of(BalanceAlgorithm.LeastConnections, servers);
            int[] members = [.. pool.Current.Roster.Members];
            excluded = pool.Current.Roster.Group == RosterGroup.Panic ? [] : excluded;
            int[] able = [.. members.Where(i => servers[i].HasRoom && !excluded.Contains(i))];

            int picked = pool.Current.Pick(new PickRequest { Excluded = excluded });

            if (able.Length == 0)
            {
                picked.ShouldBe(members.Except(excluded).Any() ? Balancer.Full : Balancer.None);
                return;
            }

            able.ShouldContain(picked);
            Int128 load = servers[picked].Active + servers[picked].Queued;
            foreach (int i in able)
            {
                (load * servers[i].Weight <= (Int128)(servers[i].Active + servers[i].Queued) * servers[picked].Weight).ShouldBeTrue();
            }
        });

    [Fact]
    public void Pick_ManyServersOneLess_TakesIt() =>
        Gen.Select(Gen.Int[1, 300], Gen.Int[0, 299], Gen.Bool, Gen.Int[1, 50]).Sample((count, at, isWeighted, load) =>
        {
            at %= count;
            BalancedServer[] servers = Pools.Weighing([.. Enumerable.Range(0, count).Select(i => isWeighted ? 1 + (i % 7) : 1)]);
            for (int i = 0; i < count; i++)
            {
                Pools.Load(servers[i], (load * servers[i].Weight) - (i == at ? 1 : 0));
            }

            Pools.Of(BalanceAlgorithm.LeastConnections, servers).Current.Pick(default).ShouldBe(at);
        });

    /// <summary>The closest fractions that there are: equal ones tie, and others do not.</summary>
    [Fact]
    public void Pick_LargestWeights_TellsFractionsThatNearlyAreTheSame()
    {
        BalancedServer[] servers = Pools.Weighing(65_535, 65_534, 32_767);
        Pools.Load(servers[0], 65_534);
        Pools.Load(servers[1], 65_533);
        Pools.Load(servers[2], 32_767);
        PoolBalancer pool = Pools.Of(BalanceAlgorithm.LeastConnections, servers);

        pool.Pick(20).ShouldAllBe(pick => pick == 1);
        servers[1].Begin();
        pool.Pick(20).ShouldAllBe(pick => pick == 0);
        servers[0].Begin();
        pool.Pick(2_000).Distinct().Order().ShouldBe([0, 1, 2]);
    }

    [Fact]
    public void Pick_AllIdle_TakesTurns()
    {
        int[] picks = Pools.Of(BalanceAlgorithm.LeastConnections, 3).Pick(6);

        picks.ShouldBe([0, 1, 2, 0, 1, 2]);
    }

    [Fact]
    public void Pick_SomeTie_GivesEachOfThemTheSameShare() => Gen.Bool.Array[2, 100].Where(busy => busy.Contains(false)).Sample(busy =>
    {
        BalancedServer[] servers = Pools.Weighing([.. busy.Select(_ => 1)]);
        for (int i = 0; i < busy.Length; i++)
        {
            Pools.Load(servers[i], busy[i] ? 1 : 0);
        }

        int ties = busy.Count(isBusy => !isBusy);
        int[] counts = Pools.Counts(Pools.Of(BalanceAlgorithm.LeastConnections, servers).Pick(ties * 3), busy.Length);

        counts.ShouldBe([.. busy.Select(isBusy => isBusy ? 0 : 3)]);
    });

    [Fact]
    public void Pick_IdleServersOfAnyWeights_TakeTurnsByWeight() =>
        Gen.Int[0, 100].Array[1, 30].Where(weights => weights.Distinct().Count() > 1).Sample(weights =>
        {
            const int picks = 2_000;
            int[] counts = Pools.Counts(
                Pools.Of(BalanceAlgorithm.LeastConnections, Pools.Weighing(weights)).Pick(picks), weights.Length);

            for (int i = 0; i < weights.Length; i++)
            {
                // What a share is missed by over N turns of the golden section: below log2 N.
                Math.Abs(counts[i] - ((double)picks * weights[i] / weights.Sum())).ShouldBeLessThan(Math.Log2(picks));
            }
        });

    [Fact]
    public void Pick_LeastLoadedIsExcluded_TakesTheOthersInTurn()
    {
        BalancedServer[] servers = Pools.Weighing(1, 1, 1, 1);
        servers[3].Begin();

        int[] picks = Pools.Of(BalanceAlgorithm.LeastConnections, servers).Pick(1_000, excluded: [0]);

        int[] counts = Pools.Counts(picks, 4);
        counts[1].ShouldBeInRange(490, 510);
        counts[2].ShouldBeInRange(490, 510);
    }

    [Fact]
    public void Pick_RequestsOfTheConfigurationBefore_Count()
    {
        BalancedServer[] servers = Pools.Weighing(1, 1);
        PoolBalancer before = Pools.Of(BalanceAlgorithm.LeastConnections, servers);
        servers[before.Current.Pick(default)].Begin();
        var added = new BalancedServer("c");
        added.Begin();

        var after = new PoolBalancer(BalanceAlgorithm.LeastConnections, [added, .. servers], default, before, nowMs: 0);

        after.Pick(4).ShouldAllBe(pick => pick == 2);
    }

    /// <summary>Reloads that add servers scatter the counters; the picks are the same.</summary>
    [Fact]
    public void Pick_ServersThatCameOneByOne_FindsTheLeastLoaded() =>
        Gen.Select(Gen.Int[1, 12].Array[1, 8], Gen.Int).Sample((joins, seed) =>
        {
            var servers = new List<BalancedServer>();
            PoolBalancer? pool = null;
            foreach (int join in joins)
            {
                servers.InsertRange(servers.Count / 2, Enumerable.Range(0, join).Select(_ => new BalancedServer("s")));
                pool = new PoolBalancer(BalanceAlgorithm.LeastConnections, servers, default, pool, nowMs: 0);
                servers.RemoveAt(new Random(seed).Next(servers.Count));
                servers.Add(new BalancedServer("t"));
                pool = new PoolBalancer(BalanceAlgorithm.LeastConnections, servers, default, pool, nowMs: 0);
            }

            foreach (BalancedServer server in servers)
            {
                Pools.Load(server, 1);
            }

            servers[^1].End();
            pool!.Current.Pick(default).ShouldBe(servers.Count - 1);
        });

    [Fact]
    public void Pick_ManyThreads_KeepsAllWithinOneRequestPerThread()
    {
        const int threads = 4;
        BalancedServer[] servers = Pools.Weighing([.. Enumerable.Repeat(1, 16)]);
        PoolBalancer pool = Pools.Of(BalanceAlgorithm.LeastConnections, servers);

        Parallel.For(0, threads, _ =>
        {
            for (int i = 0; i < 1_600; i++)
            {
                servers[pool.Current.Pick(default)].Begin();
            }
        });

        servers.Sum(server => server.Active).ShouldBe(threads * 1_600);
        servers.ShouldAllBe(server => Math.Abs(server.Active - (threads * 100)) <= threads);
    }
}
