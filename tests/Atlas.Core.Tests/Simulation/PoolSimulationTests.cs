using Atlas.Core.Configuration;
using Atlas.Core.Simulation;

namespace Atlas.Core.Tests.Simulation;

public sealed class PoolSimulationTests
{
    [Fact]
    public void Run_SameSeed_HasTheSameOutcome()
    {
        PoolOutcome one = PoolSimulation.Run(Scenario(servers: 3));
        PoolOutcome again = PoolSimulation.Run(Scenario(servers: 3));
        PoolOutcome other = PoolSimulation.Run(Scenario(servers: 3) with { Seed = 2 });

        again.Picks.ShouldBe(one.Picks);
        (again with { Picks = one.Picks }).ShouldBe(one);
        (other with { Picks = one.Picks }).ShouldNotBe(one);
    }

    // Khinchin's formula for the queue with Poisson arrivals and constant service: with a load of 0.4, 60 % do not wait.
    [Fact]
    public void Run_OneSlotAndALoadOfFourTenths_LetsSixInTenNotWait()
    {
        PoolScenario scenario = Scenario(servers: 1) with
        {
            Servers = [new SimulatedServer { Slots = 1 }],
            RequestsPerSecond = 40,
            Requests = 50_000,
        };

        PoolOutcome outcome = PoolSimulation.Run(scenario);

        outcome.P50Us.ShouldBe(10_000);
        outcome.P99Us.ShouldBeInRange(25_000, 45_000);
        outcome.MaxQueue.ShouldBeGreaterThan(2);
        outcome.Imbalance.ShouldBe(1);
    }

    [Fact]
    public void Run_SpeedAndSlowTime_StretchRequests()
    {
        SimulatedServer half = new() { Slots = 1_000, Speed = 0.5 };
        SimulatedServer slow = new() { Slots = 1_000, SlowFromMs = 0, SlowToMs = 3_600_000, SlowFactor = 7 };

        PoolSimulation.Run(Scenario(servers: 1) with { Servers = [half] }).P99Us.ShouldBe(20_000);
        PoolSimulation.Run(Scenario(servers: 1) with { Servers = [slow] }).P50Us.ShouldBe(70_000);
    }

    [Fact]
    public void Run_ServerThatFails_IsLeftOutOnceItIsFound()
    {
        SimulatedServer failing = new() { FailsFromMs = 2_000, FailsToMs = 3_600_000 };
        PoolScenario scenario = Scenario(servers: 2) with { Servers = [failing, new SimulatedServer { Slots = 100 }], DetectionMs = 1_000 };

        PoolOutcome until = PoolSimulation.Run(scenario with { CountFromMs = 2_000, CountToMs = 3_000 });
        PoolOutcome then = PoolSimulation.Run(scenario with { CountFromMs = 3_000 });

        until.FailedShare.ShouldBe(0, "each was tried again at the other");
        until.Picks[0].ShouldBeGreaterThan(0);
        then.Picks[0].ShouldBe(0);
    }

    [Fact]
    public void Run_NoServerTakesRequests_FailsThemAll()
    {
        SimulatedServer failing = new() { FailsFromMs = 0, FailsToMs = 3_600_000 };

        PoolOutcome outcome = PoolSimulation.Run(Scenario(servers: 1) with { Servers = [failing, failing], Requests = 100 });

        outcome.FailedShare.ShouldBe(1);
        outcome.Picks.Sum().ShouldBeGreaterThanOrEqualTo(100);
    }

    [Fact]
    public void Run_CountedTime_LeavesOutTheOthers()
    {
        PoolOutcome outcome = PoolSimulation.Run(Scenario(servers: 2) with { CountFromMs = 1_000, CountToMs = 2_000 });

        outcome.Picks.Sum().ShouldBeInRange(60, 140);
    }

    [Fact]
    public void Run_LoudClient_HasItsShare()
    {
        PoolScenario scenario = Scenario(servers: 10) with
        {
            Algorithm = BalanceAlgorithm.IpHash,
            LoudClientShare = 0.5,
            Clients = 100_000,
        };

        PoolOutcome outcome = PoolSimulation.Run(scenario);

        ((double)outcome.Picks.Max() / outcome.Picks.Sum()).ShouldBe(0.55, 0.02);
    }

    private static PoolScenario Scenario(int servers) => new()
    {
        Servers = [.. Enumerable.Repeat(new SimulatedServer(), servers)],
        Costs = [new RequestCost(1, 10_000)],
        RequestsPerSecond = 100,
        Requests = 10_000,
    };
}
