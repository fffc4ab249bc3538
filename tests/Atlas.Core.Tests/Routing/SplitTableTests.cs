using Atlas.Core.Routing;
using CsCheck;

namespace Atlas.Core.Tests.Routing;

public sealed class SplitTableTests
{
    private static readonly Gen<int[]> Weights =
        Gen.OneOf(Gen.Int[0, 5], Gen.Int[0, SplitTable.MaxWeight]).Array[1, 32].Where(weights => weights.Sum() > 0);

    [Theory]
    [InlineData(0UL, 0)]
    [InlineData(ulong.MaxValue / 2, 0)]
    [InlineData((ulong.MaxValue / 100 * 95) + 1000, 1)]
    [InlineData(ulong.MaxValue, 1)]
    public void Choose_95To5_FollowsThePoint(ulong point, int pool) => new SplitTable([95, 5]).Choose(point).ShouldBe(pool);

    /// <summary>Where one pool's points end and the next one's begin is known to one point, from exact arithmetic.</summary>
    [Fact]
    public void Choose_AnyWeights_GivesEachPoolExactlyItsPoints() => Weights.Sample(weights =>
    {
        var table = new SplitTable(weights);
        UInt128 sum = (UInt128)weights.Sum();
        UInt128 before = 0;
        for (int pool = 0; pool < weights.Length; pool++)
        {
            UInt128 after = before + (UInt128)weights[pool];
            if (weights[pool] > 0)
            {
                table.Choose((ulong)FirstPoint(before, sum)).ShouldBe(pool);
                table.Choose((ulong)(FirstPoint(after, sum) - 1)).ShouldBe(pool);
            }

            before = after;
        }
    });

    [Fact]
    public void Choose_AnyPoint_NeverGivesAPoolOfWeight0() => Gen.Select(Weights, Gen.ULong).Sample((weights, point) =>
        weights[new SplitTable(weights).Choose(point)].ShouldBeGreaterThan(0));

    [Fact]
    public void Choose_SecondOfTwoGrows_KeepsItsPoints() => Gen.Select(Gen.Int[0, 100], Gen.Int[0, 100], Gen.ULong).Sample((before, more, point) =>
    {
        int after = Math.Min(100, before + more);

        if (new SplitTable([100 - before, before]).Choose(point) == 1)
        {
            new SplitTable([100 - after, after]).Choose(point).ShouldBe(1);
        }
    });

    [Fact]
    public void SplitTable_WeightsOutOfRange_AreRefused()
    {
        Should.Throw<ArgumentException>(() => new SplitTable([]));
        Should.Throw<ArgumentException>(() => new SplitTable([0, 0]));
        Should.Throw<ArgumentOutOfRangeException>(() => new SplitTable([1, -1]));
        Should.Throw<ArgumentOutOfRangeException>(() => new SplitTable([SplitTable.MaxWeight + 1]));
        Should.Throw<ArgumentOutOfRangeException>(() => new SplitTable(new int[SplitTable.MaxWeight + 2]));
    }

    [Fact]
    public void SplitTable_LargestWeights_DoNotOverflow()
    {
        int[] weights = new int[SplitTable.MaxWeight + 1];
        Array.Fill(weights, SplitTable.MaxWeight);

        new SplitTable(weights).Choose(ulong.MaxValue).ShouldBe(weights.Length - 1);
    }

    private static UInt128 FirstPoint(UInt128 place, UInt128 sum) => ((place << 64) + sum - 1) / sum;
}
