using Atlas.Core.Balancing;
using Atlas.Core.Configuration;
using Atlas.Core.Simulation;
using CsCheck;

namespace Atlas.Core.Tests.Balancing;

public sealed class LeastTimeTests
{
    private const int RequestsPerSecond = 500;

    [Theory]
    [InlineData(5)]
    [InlineData(50)]
    public void Pick_OneOfFiveBecomesSlow_GetsATenthOfItsShareWithinTwoSeconds(double factor) => Gen.ULong.Sample(
        seed => Share(seed, Slow(factor), fromSecond: 12, toSecond: 20) <= 0.1,
        iter: 5);

    [Theory]
    [InlineData(5)]
    [InlineData(50)]
    public void Pick_SlowServerRecovers_GetsItsShareAgain(double factor) => Gen.ULong.Sample(
        seed => Share(seed, Slow(factor), fromSecond: 45, toSecond: 55) >= 0.8,
        iter: 5);

    [Fact]
    public void Pick_OneOfFiveFailsAtOnce_GetsATenthOfItsShare() => Gen.ULong.Sample(
        seed => Share(seed, new SimulatedServer { FailsFromMs = 10_000, FailsToMs = 20_000 }, fromSecond: 10, toSecond: 20)
             <= 0.1,
        iter: 5);

    [Fact]
    public void Pick_NothingKnown_GoesByRequestsUnderWay()
    {
        BalancedServer[] servers = Servers(3);
        servers[0].Begin();
        servers[2].Begin();

        Pick(servers, random: 0).ShouldBe(1);
        Pick(servers, random: 2).ShouldBe(1);
    }

    [Fact]
    public void Pick_NewServerBesideKnownOnes_IsNoMagnet()
    {
        BalancedServer[] servers = Servers(2);
        servers[0].Observe(10_000, nowUs: 0);
        servers[1].Begin();

        Pick(servers).ShouldBe(0);
        servers[0].Begin();
        servers[0].Begin();
        Pick(servers).ShouldBe(1);
    }

    [Fact]
    public void Pick_KnownLatencies_AreWeighedWithRequestsAndWeights()
    {
        BalancedServer[] servers = Servers(2);
        servers[0].Observe(10_000, nowUs: 0);
        servers[1].Observe(25_000, nowUs: 0);

        Pick(servers).ShouldBe(0);
        servers[0].Begin();
        Pick(servers).ShouldBe(0);
        servers[0].Begin();
        Pick(servers).ShouldBe(1);
        servers[0].Weight = 2;
        Pick(servers).ShouldBe(0);
    }

    [Fact]
    public void Pick_HeavyServerAmongMany_IsDrawnByItsWeight()
    {
        PoolBalancer pool = Pools.Of(BalanceAlgorithm.LeastTime, Pools.Weighing([50, .. Enumerable.Repeat(1, 50)]));

        Pools.Counts(pool.Pick(1_000), 51)[0].ShouldBeGreaterThan(500);
    }

    [Fact]
    public void Pick_HeavyServersAreSlow_OthersAreDrawnAllTheSame()
    {
        // Both have 16 of 24 parts: four draws miss all others for a fifth of the requests, eight for a twenty-fifth.
        BalancedServer[] servers = Pools.Weighing([8, 8, .. Enumerable.Repeat(1, 8)]);
        for (int i = 0; i < servers.Length; i++)
        {
            servers[i].Observe(i < 2 ? 1_000_000 : 1_000, nowUs: 0);
        }

        int[] counts = Pools.Counts(Pools.Of(BalanceAlgorithm.LeastTime, servers).Pick(10_000), servers.Length);

        (counts[0] + counts[1]).ShouldBeInRange(1, 600);
    }

    [Fact]
    public void Pick_UnknownServerAsIdleAsTheBest_BecomesKnown()
    {
        BalancedServer[] servers = Servers(2);
        servers[0].Observe(10_000, nowUs: 0);

        Pick(servers).ShouldBe(1);
        Pick(servers, random: ulong.MaxValue).ShouldBe(1);
    }

    [Fact]
    public void Pick_ServersThatCannot_AreLeftOut()
    {
        BalancedServer[] servers = Servers(50);
        foreach (BalancedServer server in servers[1..])
        {
            server.Configure(new ServerConfig { MaxConnections = 1 });
            server.TryBegin();
        }

        PoolBalancer pool = Pools.Of(BalanceAlgorithm.LeastTime, servers);

        for (ulong random = 0; random < 100; random++)
        {
            pool.Current.Pick(new PickRequest { Random = random << 56 }).ShouldBe(0);
        }

        pool.Current.Pick(new PickRequest { Excluded = [0] }).ShouldBe(Balancer.Full);
    }

    private static BalancedServer[] Servers(int count) => [.. Enumerable.Range(0, count).Select(i => new BalancedServer($"s{i}"))];

    private static int Pick(BalancedServer[] servers, ulong random = 0) =>
        Pools.Of(BalanceAlgorithm.LeastTime, servers).Current.Pick(new PickRequest { Random = random });

    private static SimulatedServer Slow(double factor) => new() { SlowFromMs = 10_000, SlowToMs = 20_000, SlowFactor = factor };

    /// <summary>The requests that the first of five servers got in a time, over those that it would get evenly.</summary>
    private static double Share(ulong seed, SimulatedServer first, int fromSecond, int toSecond)
    {
        IReadOnlyList<int> picks = PoolSimulation.Run(new PoolScenario
        {
            Algorithm = BalanceAlgorithm.LeastTime,
            Servers = [first, .. Enumerable.Repeat(new SimulatedServer(), 4)],
            Costs = [new RequestCost(0.9, 8_000), new RequestCost(0.1, 30_000)],
            RequestsPerSecond = RequestsPerSecond,
            Requests = RequestsPerSecond * toSecond * 11 / 10,
            CountFromMs = fromSecond * 1_000,
            CountToMs = toSecond * 1_000,
            Seed = seed,
        }).Picks;
        return 5.0 * picks[0] / picks.Sum();
    }
}
