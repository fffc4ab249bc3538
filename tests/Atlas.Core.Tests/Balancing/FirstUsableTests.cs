using Atlas.Core.Balancing;
using Atlas.Core.Configuration;

namespace Atlas.Core.Tests.Balancing;

public sealed class FirstUsableTests
{
    [Fact]
    public void Pick_RequestsThatBegin_FillOneServerAfterTheOther()
    {
        BalancedServer[] servers = [Pools.Limited("a", 2), Pools.Limited("b", 1), Pools.Limited("c", 1)];
        PoolBalancer pool = Pools.Of(BalanceAlgorithm.First, servers);
        var picks = new List<int>();

        for (int i = 0; i < 5; i++)
        {
            picks.Add(pool.Current.Pick(default));
            if (picks[^1] >= 0)
            {
                servers[picks[^1]].TryBegin().ShouldBeTrue();
            }
        }

        picks.ShouldBe([0, 0, 1, 2, Balancer.Full]);
        servers[0].End();
        pool.Current.Pick(default).ShouldBe(0);
    }

    [Fact]
    public void Pick_FirstIsDown_TakesTheSecond()
    {
        BalancedServer[] servers = Pools.Weighing(1, 9, 5);
        servers[0].IsUp = false;

        Pools.Of(BalanceAlgorithm.First, servers).Pick(3).ShouldBe([1, 1, 1]);
    }
}
