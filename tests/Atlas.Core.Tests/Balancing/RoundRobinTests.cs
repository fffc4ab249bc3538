using Atlas.Core.Balancing;
using Atlas.Core.Configuration;
using CsCheck;

namespace Atlas.Core.Tests.Balancing;

public sealed class RoundRobinTests
{
    public static TheoryData<BalanceAlgorithm> Names => [BalanceAlgorithm.RoundRobin, BalanceAlgorithm.WeightedRoundRobin];

    [Theory]
    [MemberData(nameof(Names))]
    public void Pick_ThreeServers_GivesABCABC(BalanceAlgorithm name) =>
        Pools.Of(name, 3).Pick(7).ShouldBe([0, 1, 2, 0, 1, 2, 0]);

    [Theory]
    [MemberData(nameof(Names))]
    public void Pick_Weights511_GivesTheOrderOfNginx(BalanceAlgorithm name) =>
        Pools.Of(name, Pools.Weighing(5, 1, 1)).Pick(14).ShouldBe([0, 0, 1, 0, 2, 0, 0, 0, 0, 1, 0, 2, 0, 0]);

    [Fact]
    public void Pick_AnyWeights_GivesEachItsExactShareOfAnySumOfWeightsInARow() =>
        Gen.Select(Gen.Int[0, 40].Array[1, 12].Where(weights => weights.Sum() > 0), Gen.Int[0, 100]).Sample((weights, skipped) =>
        {
            PoolBalancer pool = Pools.Of(BalanceAlgorithm.RoundRobin, Pools.Weighing(weights));
            pool.Pick(skipped);

            Pools.Counts(pool.Pick(weights.Sum()), weights.Length).ShouldBe(weights);
        });

    [Fact]
    public void Pick_HeavyWeights_GivesEachItsShareOfManyPicks()
    {
        int[] weights = [65_535, 65_534, 1, 0, .. Enumerable.Repeat(32_000, 20)];
        PoolBalancer pool = Pools.Of(BalanceAlgorithm.RoundRobin, Pools.Weighing(weights));

        Pools.Counts(pool.Pick(weights.Sum()), weights.Length).ShouldBe(weights);
    }

    [Fact]
    public void Pick_OneIsFull_LeavesItsTurnToTheNextTurn()
    {
        BalancedServer[] servers = [new("a"), Pools.Limited("b", 1), new("c")];
        servers[1].Begin();

        Pools.Of(BalanceAlgorithm.RoundRobin, servers).Pick(6).ShouldBe([0, 2, 0, 2, 0, 2]);
    }

    [Fact]
    public void Pick_OneIsExcluded_SplitsItsTurnsAmongTheOthers()
    {
        int[] picks = Pools.Of(BalanceAlgorithm.RoundRobin, Pools.Weighing(5, 1, 1)).Pick(100, excluded: [0]);

        Pools.Counts(picks, 3).ShouldBe([0, 50, 50]);
    }

    [Fact]
    public void Pick_AllTurnsAreOfFullServers_StillFindsTheOneWithRoom()
    {
        BalancedServer[] servers = [Pools.Limited("a", 1), new("b")];
        servers[0].Weight = 65_535;
        servers[0].Begin();

        Pools.Of(BalanceAlgorithm.RoundRobin, servers).Pick(50).ShouldAllBe(pick => pick == 1);
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(5, 1, 1)]
    [InlineData(2, 3, 7)]
    public void Pick_ManyThreads_GivesEachServerItsExactShare(int a, int b, int c)
    {
        const int rounds = 1_000;
        int[] weights = [a, b, c];
        Balancer balancer = Pools.Of(BalanceAlgorithm.RoundRobin, Pools.Weighing(weights)).Current;
        int[] counts = new int[3];

        Parallel.For(0, 4, _ =>
        {
            for (int i = 0; i < rounds * weights.Sum(); i++)
            {
                Interlocked.Increment(ref counts[balancer.Pick(default)]);
            }
        });

        counts.ShouldBe([.. weights.Select(weight => 4 * rounds * weight)]);
    }

    /// <summary>Weights that change all the time, as while a server starts slowly, cost nobody its share: each change leaves at
    /// most as many turns too few or too many as two orders, cut anywhere, do.</summary>
    [Fact]
    public void Pick_WeightsChangeBetween_GivesNobodyMoreThanItsShareAndThePiecesOfTheOrders() =>
        Gen.Select(Gen.Int[1, 9].Array[3].Array[1, 30], Gen.Int[1, 40].Array[30]).Sample((changes, lengths) =>
        {
            BalancedServer[] servers = Pools.Weighing(changes[0]);
            PoolBalancer pool = Pools.Of(BalanceAlgorithm.RoundRobin, servers);
            for (int change = 0; change < changes.Length; change++)
            {
                int[] weights = changes[change];
                for (int i = 0; i < 3; i++)
                {
                    servers[i].Weight = weights[i];
                }

                pool.Refresh(change);
                int[] counts = Pools.Counts(pool.Pick(lengths[change]), 3);

                for (int i = 0; i < 3; i++)
                {
                    double share = (double)lengths[change] * weights[i] / weights.Sum();
                    Math.Abs(counts[i] - share).ShouldBeLessThan(2);
                }
            }
        });

    [Fact]
    public void Pick_WeightsChangeAtEachPick_DoesNotFavourTheFirst()
    {
        BalancedServer[] servers = Pools.Weighing(3, 3, 3);
        PoolBalancer pool = Pools.Of(BalanceAlgorithm.RoundRobin, servers);
        int[] counts = new int[3];

        for (int i = 0; i < 3_000; i++)
        {
            servers[2].Weight = 3 + (i % 2);
            pool.Refresh(i);
            counts[pool.Current.Pick(default)]++;
        }

        counts.ShouldAllBe(count => count >= 800 && count <= 1_250);
    }
}
