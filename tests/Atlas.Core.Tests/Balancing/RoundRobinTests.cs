using Atlas.Core.Balancing;

namespace Atlas.Core.Tests.Balancing;

public sealed class RoundRobinTests
{
    [Fact]
    public void Next_ThreeServers_GivesABCABC()
    {
        var rotation = new RoundRobin();

        int[] picks = [.. Enumerable.Range(0, 7).Select(_ => rotation.Next(3))];

        picks.ShouldBe([0, 1, 2, 0, 1, 2, 0]);
    }

    [Fact]
    public void Next_ManyThreads_GivesEachServerItsExactShare()
    {
        const int picksPerThread = 30_000;
        var rotation = new RoundRobin();
        int[] counts = new int[3];

        Parallel.For(0, 4, _ =>
        {
            for (int i = 0; i < picksPerThread; i++)
            {
                Interlocked.Increment(ref counts[rotation.Next(3)]);
            }
        });

        counts.ShouldAllBe(count => count == 4 * picksPerThread / 3);
    }
}
