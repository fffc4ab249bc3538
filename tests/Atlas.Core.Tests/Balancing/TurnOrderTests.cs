using Atlas.Core.Balancing;
using CsCheck;

namespace Atlas.Core.Tests.Balancing;

public sealed class TurnOrderTests
{
    private static readonly Gen<int[]> Weights = Gen.OneOf(
        Gen.Int[1, 9].Array[1, 10], Gen.Int[1, 300].Array[1, 5], Gen.Const(7).Array[1, 10]);

    /// <summary>Against the algorithm as nginx runs it, with its state, over three periods.</summary>
    [Fact]
    public void At_AnyWeights_IsTheOrderOfNginx() => Weights.Sample(weights =>
    {
        TurnOrder order = TurnOrder.Of(RosterOf(weights));
        long[] current = new long[weights.Length];
        for (int turn = 0; turn < 3 * weights.Sum(); turn++)
        {
            for (int i = 0; i < weights.Length; i++)
            {
                current[i] += weights[i];
            }

            int expected = Array.IndexOf(current, current.Max());
            current[expected] -= weights.Sum();
            order.At((ulong)turn).ShouldBe(expected);
        }
    });

    [Fact]
    public void Of_ManyHeavyWeights_MakesNoTable() =>
        TurnOrder.Of(RosterOf([.. Enumerable.Range(60_000, 1_000)])).ShouldBeOfType<SpreadOrder>();

    [Fact]
    public void At_Spread_GivesEachItsWeightOfAnySumOfWeightsInARow() =>
        Gen.Select(Weights, Gen.ULong).Sample((weights, first) =>
        {
            SpreadOrder order = Spread(weights);
            int[] counts = new int[weights.Length];

            // The turns of a whole order, but not across the end of the counter, which is never reached.
            for (ulong turn = first / 2; turn < (first / 2) + (ulong)weights.Sum(); turn++)
            {
                counts[order.At(turn)]++;
            }

            counts.ShouldBe(weights);
        });

    /// <summary>At no time has a server had many turns more or fewer than its share, and turns of it come at no more than three
    /// distances.</summary>
    [Fact]
    public void At_Spread_KeepsEveryShareWithinTheBoundOfItsStep() => Weights.Sample(weights =>
    {
        SpreadOrder order = Spread(weights);
        int total = weights.Sum();
        long bound = 1 + SpreadOrder.Unevenness(total, SpreadOrder.StepFor(total));
        for (int i = 0; i < weights.Length; i++)
        {
            int had = 0;
            int last = -1;
            var distances = new HashSet<int>();
            for (int turn = 0; turn < 3 * total; turn++)
            {
                if (order.At((ulong)turn) == i)
                {
                    had++;
                    if (last >= 0)
                    {
                        distances.Add(turn - last);
                    }

                    last = turn;
                }

                Math.Abs(had - ((turn + 1.0) * weights[i] / total)).ShouldBeLessThanOrEqualTo(bound);
            }

            distances.Count.ShouldBeLessThanOrEqualTo(3);
        }
    });

    [Fact]
    public void StepFor_AnyLength_IsCoprimeAndEven() => Gen.Int[1, int.MaxValue].Sample(length =>
    {
        long step = SpreadOrder.StepFor(length);

        SpreadOrder.Unevenness(length, step).ShouldBeLessThan(200);
        if (length > 100)
        {
            ((double)step / length).ShouldBeInRange(0.28, 0.96);
        }
    });

    [Fact]
    public void At_LargestPool_IsExactAtTurnsPast32Bits()
    {
        int[] weights = [.. Enumerable.Repeat(65_535, 9_999), 65_534];
        SpreadOrder order = Spread(weights);
        ulong total = (ulong)weights.Sum(weight => (long)weight);

        for (ulong turn = 0; turn < 1_000; turn++)
        {
            order.At(turn + (total * 25)).ShouldBe(order.At(turn));
        }
    }

    private static SpreadOrder Spread(int[] weights) =>
        new(new CumulativeWeights([.. Enumerable.Range(0, weights.Length)], weights));

    private static Roster RosterOf(int[] weights) => Roster.Build(Pools.Weighing(weights), default, nowMs: 0);
}
