using Atlas.Core.Balancing;
using Atlas.Core.Configuration;
using CsCheck;

namespace Atlas.Core.Tests.Balancing;

public sealed class RandomChoiceTests
{
    [Fact]
    public void ShareOf_AnyWeights_IsExact() =>
        Gen.OneOf(Gen.Int[1, 9], Gen.Int[1, 65_535]).Array[1, 60].Sample(weights =>
        {
            var table = new AliasTable(weights);

            for (int i = 0; i < weights.Length; i++)
            {
                table.ShareOf(i).ShouldBe((long)weights[i] * weights.Length);
            }
        });

    [Fact]
    public void Pick_ManyDraws_GivesEachItsShare()
    {
        PoolBalancer pool = Pools.Of(BalanceAlgorithm.Random, Pools.Weighing(5, 3, 0, 2));

        int[] counts = Pools.Counts(pool.Pick(100_000), 4);

        // Five standard deviations of a binomial distribution.
        counts[0].ShouldBeInRange(49_200, 50_800);
        counts[1].ShouldBeInRange(29_200, 30_800);
        counts[2].ShouldBe(0);
        counts[3].ShouldBeInRange(19_300, 20_700);
    }

    [Fact]
    public void Pick_HeaviestIsExcluded_GivesTheOthersTheirShares()
    {
        PoolBalancer pool = Pools.Of(BalanceAlgorithm.Random, Pools.Weighing(65_535, 3, 1));

        int[] counts = Pools.Counts(pool.Pick(40_000, excluded: [0]), 3);

        counts[0].ShouldBe(0);
        counts[1].ShouldBeInRange(29_500, 30_500);
    }
}
