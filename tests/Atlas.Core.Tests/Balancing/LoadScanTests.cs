using Atlas.Core.Balancing;
using CsCheck;

namespace Atlas.Core.Tests.Balancing;

public sealed class LoadScanTests
{
    /// <summary>Without the slow path that would put a wrong scan right: the scan itself, and every place among those that
    /// tie.</summary>
    [Fact]
    public void FindLeast_AnyPool_IsTheLeastAndAllThatHaveIt() => Pools.Any.Sample(servers =>
    {
        BalancedServer.Place(servers);
        Roster roster = Roster.Build(servers, default, nowMs: 0);
        int[] weights = TurnOrder.ReducedWeights(roster);
        var able = roster.Members.ToArray().Zip(weights).Where(member => servers[member.First].HasRoom).ToArray();
        var scan = new LoadScan(roster, servers);

        LeastLoads least = scan.FindLeast();

        if (able.Length == 0)
        {
            least.Ties.ShouldBe(0);
            return;
        }

        double expected = able.Min(member => (double)servers[member.First].Load / member.Second);
        var ties = able.Where(member => (double)servers[member.First].Load / member.Second == expected).ToArray();
        least.Load.ShouldBe(expected);
        least.Ties.ShouldBe(ties.Sum(member => member.Second));
        int[] counts = new int[servers.Length];
        for (int place = 0; place < Math.Min(least.Ties, 100); place++)
        {
            counts[scan.At(least, place)]++;
        }

        foreach ((int member, int weight) in ties.Where(_ => least.Ties <= 100))
        {
            counts[member].ShouldBe(weight);
        }

        counts.Sum().ShouldBe(counts.Where((_, i) => ties.Any(member => member.First == i)).Sum());
    });
}
