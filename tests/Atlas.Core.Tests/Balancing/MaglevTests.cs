using Atlas.Core.Balancing;
using CsCheck;

namespace Atlas.Core.Tests.Balancing;

public sealed class MaglevTests
{
    private static readonly Gen<int[]> Equal = Gen.Int[2, 1_000].Select(n => Enumerable.Repeat(1, n).ToArray());
    private static readonly Gen<int[]> Unequal = Gen.Int[1, 100].Array[2, 1_000];

    [Fact]
    public void Build_AnyWeights_GivesEachServerItsShareToWithinOneSlot() =>
        Gen.OneOf(Equal, Unequal).Sample(
            weights =>
            {
                var table = new Maglev(Names(weights.Length), weights);
                int[] slots = SlotsOf(table, weights.Length);
                double perWeight = (double)table.Size / weights.Sum();

                return Enumerable.Range(0, weights.Length).All(i => Math.Abs(slots[i] - (weights[i] * perWeight)) <= 1);
            },
            iter: 20,
            print: Print);

    [Fact]
    public void Build_OneServerLess_MovesItsKeysAndAtMostTwoPointsMore() =>
        Gen.Select(Gen.OneOf(Equal, Unequal), Gen.Int[0, 999]).Sample(
            (weights, draw) =>
            {
                int gone = draw % weights.Length;
                string[] names = Names(weights.Length);
                var before = new Maglev(names, weights);
                string[] left = [.. names.Where((_, i) => i != gone)];
                var after = new Maglev(left, [.. weights.Where((_, i) => i != gone)]);

                double moved = Moved(before, names, after, left);

                return moved <= ((double)weights[gone] / weights.Sum()) + 0.02;
            },
            iter: 20,
            print: t => $"without {t.Item2 % t.Item1.Length}: {Print(t.Item1)}");

    [Fact]
    public void Build_ServerOfNearlyTheSameWeight_IsNearlyTheTableOfEqualWeights()
    {
        string[] names = Names(100);
        int[] weights = Enumerable.Repeat(10_000, 100).ToArray();
        var equal = new Maglev(names, weights);
        weights[7]++;

        Moved(equal, names, new Maglev(names, weights), names).ShouldBeLessThan(0.01);
    }

    [Fact]
    public void Build_ServersInAnotherOrder_GivesEveryKeyTheSameName() =>
        Gen.Select(Unequal, Gen.Int).Sample(
            (weights, seed) =>
            {
                int[] order = [.. Enumerable.Range(0, weights.Length)];
                new Random(seed).Shuffle(order);
                string[] names = Names(weights.Length);
                string[] shuffled = [.. order.Select(i => names[i])];

                double moved = Moved(new Maglev(names, weights), names, new Maglev(shuffled, [.. order.Select(i => weights[i])]), shuffled);

                return moved == 0;
            },
            iter: 10);

    [Fact]
    public void Build_ServerOfTheLeastWeightBesideTheGreatest_HasASlot()
    {
        int[] weights = [65_535, 1, 65_535, 65_535];

        int[] slots = SlotsOf(new Maglev(Names(4), weights), 4);

        slots[1].ShouldBe(1);
    }

    [Fact]
    public void Build_ServerOfNoWeight_HasNoSlot() => SlotsOf(new Maglev(Names(3), [1, 0, 1]), 3)[1].ShouldBe(0);

    [Theory]
    [InlineData(1, 65_537)]
    [InlineData(1_024, 65_537)]
    [InlineData(1_025, 1_048_573)]
    public void Build_ManyServers_HasRoomForThem(int servers, int size) =>
        new Maglev(Names(servers), Enumerable.Repeat(1, servers).ToArray()).Size.ShouldBe(size);

    [Fact]
    public void Find_FirstAndLastKey_AreInTheTable()
    {
        var table = new Maglev(Names(3), [1, 1, 1]);

        table.Find(0).ShouldBe(table.Slots[0]);
        table.Find(ulong.MaxValue).ShouldBe(table.Slots[^1]);
    }

    [Fact]
    public void IsOf_OtherNameOrWeight_IsFalse()
    {
        var table = new Maglev(["a", "b"], [1, 2]);

        table.IsOf(["a", "b"], [1, 2]).ShouldBeTrue();
        table.IsOf(["a", "c"], [1, 2]).ShouldBeFalse();
        table.IsOf(["a", "b"], [1, 1]).ShouldBeFalse();
        table.IsOf(["a"], [1]).ShouldBeFalse();
    }

    private static string[] Names(int count) => [.. Enumerable.Range(0, count).Select(i => $"10.0.{i / 250}.{i % 250}:8080")];

    private static int[] SlotsOf(Maglev table, int servers)
    {
        int[] counts = new int[servers];
        foreach (ushort slot in table.Slots)
        {
            counts[slot]++;
        }

        return counts;
    }

    private static double Moved(Maglev before, string[] namesBefore, Maglev after, string[] namesAfter)
    {
        int moved = 0;
        for (int slot = 0; slot < before.Size; slot++)
        {
            moved += namesBefore[before.Slots[slot]] == namesAfter[after.Slots[slot]] ? 0 : 1;
        }

        return (double)moved / before.Size;
    }

    private static string Print(int[] weights) => $"{weights.Length} servers, weights {string.Join(' ', weights.Distinct().Order())}";
}
