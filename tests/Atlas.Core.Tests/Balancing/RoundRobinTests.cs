using Atlas.Core.Balancing;
using Atlas.Core.Configuration;

namespace Atlas.Core.Tests.Balancing;

public sealed class RoundRobinTests
{
    [Fact]
    public void Next_ThreeServers_GivesABCABC()
    {
        Balancer balancer = Pools.Of(BalanceAlgorithm.RoundRobin, 3).Current;

        int[] picks = [.. Enumerable.Range(0, 7).Select(_ => balancer.Pick(default))];

        picks.ShouldBe([0, 1, 2, 0, 1, 2, 0]);
    }

    [Fact]
    public void Next_ManyThreads_GivesEachServerItsExactShare()
    {
        const int picksPerThread = 30_000;
        Balancer balancer = Pools.Of(BalanceAlgorithm.RoundRobin, 3).Current;
        int[] counts = new int[3];

        Parallel.For(0, 4, _ =>
        {
            for (int i = 0; i < picksPerThread; i++)
            {
                Interlocked.Increment(ref counts[balancer.Pick(default)]);
            }
        });

        counts.ShouldAllBe(count => count == 4 * picksPerThread / 3);
    }
}
