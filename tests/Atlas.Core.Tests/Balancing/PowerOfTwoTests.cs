using Atlas.Core.Balancing;
using Atlas.Core.Configuration;
using CsCheck;

namespace Atlas.Core.Tests.Balancing;

public sealed class PowerOfTwoTests
{
    [Fact]
    public void PairAt_EveryPlace_GivesTwoMembersByTheirShares() => Gen.Int[1, 9].Array[2, 6].Sample(weights =>
    {
        var circle = new CumulativeWeights([.. Enumerable.Range(0, weights.Length)], weights);
        int total = weights.Sum();
        int[] firsts = new int[weights.Length];
        for (int place = 0; place < total; place++)
        {
            int first = circle.At(place);
            firsts[first]++;
            int rest = total - weights[first];
            int[] seconds = new int[weights.Length];
            for (int i = 0; i < rest; i++)
            {
                ulong middle = (ulong)((((Int128)i << 65) + ((Int128)1 << 64)) / (2 * rest));
                (int again, int second) = circle.PairAt(place, middle);
                again.ShouldBe(first);
                seconds[second]++;
            }

            seconds.ShouldBe([.. weights.Select((weight, i) => i == first ? 0 : weight)]);
        }

        firsts.ShouldBe(weights);
    });

    [Fact]
    public void Pick_TwoServers_TakesTheLessLoadedForItsWeight()
    {
        BalancedServer[] servers = Pools.Weighing(3, 1);
        Pools.Load(servers[0], active: 1, queued: 1);
        Pools.Load(servers[1], active: 1);

        Pools.Of(BalanceAlgorithm.PowerOfTwo, servers).Pick(100).ShouldAllBe(pick => pick == 0);
    }

    [Fact]
    public void Pick_OneLoadedServer_IsNeverTaken()
    {
        BalancedServer[] servers = Pools.Weighing(1, 1, 1, 1);
        servers[2].Begin();

        int[] counts = Pools.Counts(Pools.Of(BalanceAlgorithm.PowerOfTwo, servers).Pick(9_000), 4);

        counts[2].ShouldBe(0);
        counts[0].ShouldBeInRange(2_750, 3_250);
    }

    /// <summary>Mitzenmacher's result: as many requests as servers leave the busiest with log log n / log 2 + O(1), far below
    /// the log n / log log n of a single draw.</summary>
    [Fact]
    public void Pick_AsManyRequestsAsServers_LeavesNobodyWithMany()
    {
        const int servers = 10_000;

        BusiestOf(BalanceAlgorithm.PowerOfTwo).ShouldBeLessThanOrEqualTo(4);
        BusiestOf(BalanceAlgorithm.Random).ShouldBeGreaterThan(4);

        static int BusiestOf(BalanceAlgorithm algorithm)
        {
            BalancedServer[] all = Pools.Weighing([.. Enumerable.Repeat(1, servers)]);
            PoolBalancer pool = Pools.Of(algorithm, all);
            for (int i = 0; i < servers; i++)
            {
                all[pool.Pick(1, seed: i)[0]].Begin();
            }

            return all.Max(server => server.Active);
        }
    }

    [Fact]
    public void Pick_OneServer_IsTaken() => Pools.Of(BalanceAlgorithm.PowerOfTwo, 1).Pick(3).ShouldBe([0, 0, 0]);
}
