using Atlas.Core.Configuration;
using Atlas.Core.Simulation;
using CsCheck;

namespace Atlas.Core.Tests.Simulation;

/// <summary>What docs/balancing.md says of the algorithms, for any seed.</summary>
public sealed class AlgorithmTests
{
    private static readonly int[] Weights = [1, 2, 3, 4, 10];

    [Theory]
    [InlineData(3)]
    [InlineData(30)]
    public void LeastConnections_CheapAndDearRequests_BeatsRoundRobin(int servers) => Gen.ULong.Sample(
        seed =>
        {
            PoolOutcome inTurn = Run(BalanceAlgorithm.RoundRobin, servers, seed);
            PoolOutcome least = Run(BalanceAlgorithm.LeastConnections, servers, seed);

            return least.P99Us < 0.9 * inTurn.P99Us && least.Imbalance < 0.8 * inTurn.Imbalance && least.MaxQueue < inTurn.MaxQueue;
        },
        iter: 5);

    [Fact]
    public void LeastTime_UnknownSlowServers_BeatsLeastConnections() => Gen.ULong.Sample(
        seed =>
        {
            ComparedWorkload slow = AlgorithmComparison.Workloads.Single(workload => workload.Speed < 1);
            PoolOutcome connections = Run(BalanceAlgorithm.LeastConnections, 50, seed, slow);
            PoolOutcome time = Run(BalanceAlgorithm.LeastTime, 50, seed, slow);

            return time.P99Us < 0.7 * connections.P99Us;
        },
        iter: 5);

    [Theory]
    [InlineData(BalanceAlgorithm.RoundRobin)]
    [InlineData(BalanceAlgorithm.WeightedRoundRobin)]
    [InlineData(BalanceAlgorithm.Random)]
    [InlineData(BalanceAlgorithm.IpHash)]
    [InlineData(BalanceAlgorithm.ConsistentHash)]
    [InlineData(BalanceAlgorithm.LeastConnections)]
    public void AnyWeighted_ManyRequests_GivesSharesToWithinAHundredth(BalanceAlgorithm algorithm) => Gen.ULong.Sample(
        seed =>
        {
            PoolOutcome outcome = PoolSimulation.Run(new PoolScenario
            {
                Algorithm = algorithm,
                Servers = [.. Weights.Select(weight => new SimulatedServer { Weight = weight, Slots = 10_000 })],
                Costs = [new RequestCost(1, 100_000)],
                RequestsPerSecond = 5_000,
                Requests = 50_000,
                Clients = 1_000_000,
                Seed = seed,
            });

            return outcome.Picks.Zip(Weights).All(server =>
                Math.Abs(((double)server.First / outcome.Picks.Sum()) - ((double)server.Second / Weights.Sum())) <= 0.01);
        },
        iter: 2);

    private static PoolOutcome Run(BalanceAlgorithm algorithm, int servers, ulong seed, ComparedWorkload? workload = null) =>
        AlgorithmComparison.Run(
            workload ?? AlgorithmComparison.Workloads.Single(workload => workload.Costs.Any(cost => cost.CostUs == 500_000)),
            AlgorithmComparison.Algorithms.Single(compared => compared.Algorithm == algorithm),
            servers,
            requests: 20_000,
            seed);
}
