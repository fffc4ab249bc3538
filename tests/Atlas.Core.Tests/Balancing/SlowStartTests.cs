using Atlas.Core.Balancing;
using Atlas.Core.Configuration;
using CsCheck;

namespace Atlas.Core.Tests.Balancing;

public sealed class SlowStartTests
{
    private const int SlowMs = 10_000;

    [Fact]
    public void New_ProcessStarts_NobodyStartsSlowly()
    {
        PoolBalancer pool = New(Pools.Weighing(1, 3));

        pool.Current.Roster.Weights.ToArray().ShouldBe([1, 3]);
        pool.NextChangeMs.ShouldBe(long.MaxValue);
    }

    [Fact]
    public void Refresh_ServerCameBack_GrowsFromATenthInStepsToItsWholeShare()
    {
        BalancedServer[] servers = Pools.Weighing(1, 1);
        PoolBalancer pool = New(servers);
        servers[1].IsUp = false;
        pool.Refresh(1_000);
        servers[1].IsUp = true;
        var shares = new List<int>();

        for (long now = 5_000; now < long.MaxValue; now = pool.NextChangeMs)
        {
            pool.Refresh(now);
            pool.NextChangeMs.ShouldBe(now < 15_000 ? now + 1_000 : long.MaxValue);
            Roster roster = pool.Current.Roster;
            shares.Add(100 * roster.Weights[1] / roster.Weights[0]);
        }

        shares.ShouldBe([10, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
        pool.Current.Roster.Weights.ToArray().ShouldBe([1, 1]);
    }

    [Fact]
    public void Refresh_BetweenSteps_KeepsTheBalancer()
    {
        BalancedServer[] servers = Pools.Weighing(1, 1);
        PoolBalancer pool = New(servers);
        CameBack(pool, servers[1], atMs: 5_000);
        Balancer before = pool.Current;

        pool.Refresh(5_999).ShouldBeFalse();

        pool.Current.ShouldBeSameAs(before);
        pool.Refresh(7_000).ShouldBeTrue();
    }

    [Fact]
    public void Refresh_ManyCameBackAtDifferentTimes_HaveTheirStepsTogether()
    {
        BalancedServer[] servers = Pools.Weighing(1, 1, 1);
        PoolBalancer pool = New(servers);
        CameBack(pool, servers[1], atMs: 5_100);
        CameBack(pool, servers[2], atMs: 5_700);

        pool.NextChangeMs.ShouldBe(6_000);
        pool.Refresh(9_000);
        pool.Current.Roster.Weights.ToArray().ShouldBe([100, 39, 33]);
    }

    [Fact]
    public void New_ServerJoinedOnReload_GrowsAndTheOthersDoNot()
    {
        BalancedServer[] servers = Pools.Weighing(2, 2);
        PoolBalancer before = New([servers[0]]);

        PoolBalancer after = New(servers, before, nowMs: 20_000);

        after.Current.Roster.Weights.ToArray().ShouldBe([200, 20]);
        after.NextChangeMs.ShouldBe(21_000);
    }

    [Fact]
    public void Refresh_BackupCameBackWhilePrimariesServe_ChangesNothing()
    {
        BalancedServer[] servers = Pools.Weighing(1, 1);
        servers[1].Configure(new ServerConfig { Backup = true });
        PoolBalancer pool = New(servers);

        CameBack(pool, servers[1], atMs: 5_000);

        pool.Current.Roster.Weights.ToArray().ShouldBe([1, 0]);
        pool.NextChangeMs.ShouldBe(long.MaxValue);
    }

    [Fact]
    public void Refresh_Panic_IgnoresIt()
    {
        BalancedServer[] servers = Pools.Weighing(1, 1, 1);
        PoolBalancer pool = New(servers);
        servers[0].IsUp = false;
        servers[1].IsUp = false;
        CameBack(pool, servers[2], atMs: 5_000);

        pool.Current.Roster.Group.ShouldBe(RosterGroup.Panic);
        pool.Current.Roster.Weights.ToArray().ShouldBe([1, 1, 1]);
    }

    [Theory]
    [InlineData(65_535)]
    [InlineData(700)]
    public void Refresh_HeavyWeights_StayBelowTheLargestWeight(int weight)
    {
        BalancedServer[] servers = Pools.Weighing(weight, weight, 1);
        PoolBalancer pool = New(servers);
        CameBack(pool, servers[1], atMs: 5_000);

        int[] weights = pool.Current.Roster.Weights.ToArray();

        weights.ShouldAllBe(w => w <= 65_535);
        (10.0 * weights[1] / weights[0]).ShouldBe(1, 0.01);
        weights[2].ShouldBe(weights[0] / weight);
    }

    /// <summary>At any time a share is its linear one, less at most one step, and no less than a tenth.</summary>
    [Fact]
    public void Refresh_AnyTime_FollowsTheLine() =>
        Gen.Select(Gen.Int[1, 120_000], Gen.Int[0, 100_000], Gen.Int[0, 200_000], Gen.Int[1, 500]).Sample((slowMs, since, later, weight) =>
        {
            BalancedServer[] servers = Pools.Weighing(weight, weight);
            PoolBalancer pool = New(servers, slowMs: slowMs);
            CameBack(pool, servers[1], since);
            pool.Refresh(since + later);
            Roster roster = pool.Current.Roster;

            double share = (double)roster.Weights[1] / roster.Weights[0];
            double step = Math.Max(0.05, 1_000.0 / slowMs);
            double line = Math.Min((double)later / slowMs, 1);
            share.ShouldBeInRange(Math.Max(line - step, 0.1) - 0.011, Math.Max(line, 0.1));
            pool.NextChangeMs.ShouldBeGreaterThan(since + later);
            (later > slowMs + Math.Max(1_000, slowMs / 20)).ShouldBeOneOf(false, pool.NextChangeMs == long.MaxValue);
        });

    private static PoolBalancer New(BalancedServer[] servers, PoolBalancer? before = null, long nowMs = 0, int slowMs = SlowMs) =>
        new(BalanceAlgorithm.RoundRobin, servers, new RosterOptions(0.5, slowMs), before, nowMs);

    private static void CameBack(PoolBalancer pool, BalancedServer server, long atMs)
    {
        server.IsUp = false;
        pool.Refresh(atMs);
        server.IsUp = true;
        pool.Refresh(atMs);
    }
}
