using System.Globalization;
using System.Text;
using Atlas.Core.Balancing;
using Atlas.Core.Configuration;

namespace Atlas.Core.Simulation;

/// <summary>Runs every algorithm on the same workloads, and writes what came out as tables in Markdown.</summary>
public static class AlgorithmComparison
{
    // Ms from a failure to when health checks have noticed.
    private const long DetectionMs = 500;

    // The parts of a run that do not count: at the beginning nothing is known and nothing under way, at the end no more comes.
    private const double WarmUpShare = 0.1;
    private const double EndShare = 0.95;

    private static readonly RequestCost[] Alike = [new(0.5, 50_000), new(0.3, 100_000), new(0.2, 225_000)];

    /// <summary>The algorithms, in the order of the tables.</summary>
    public static IReadOnlyList<ComparedAlgorithm> Algorithms { get; } =
    [
        new("`round_robin`", BalanceAlgorithm.RoundRobin),
        new("`least_connections`", BalanceAlgorithm.LeastConnections),
        new("`power_of_two`", BalanceAlgorithm.PowerOfTwo),
        new("`least_time`", BalanceAlgorithm.LeastTime),
        new("`random`", BalanceAlgorithm.Random),
        new("`ip_hash`", BalanceAlgorithm.IpHash),
        new("`consistent_hash`, factor 125%", BalanceAlgorithm.ConsistentHash, HashBoundPercent: 125),
        new("`first`, `max_connections: 4`", BalanceAlgorithm.First, FillsSlots: true),
    ];

    /// <summary>The workloads, in the order of the tables.</summary>
    public static IReadOnlyList<ComparedWorkload> Workloads { get; } =
    [
        new("Requests that cost about the same", "50, 100 or 225 ms, on equal servers.") { Costs = Alike },
        new("Cheap and dear requests", "90 % take 1 ms, 10 % take 500 ms, on equal servers.")
        {
            Costs = [new(0.9, 1_000), new(0.1, 500_000)],
        },
        new("Slow servers", "One of five servers (one of three) works at a fifth of the speed, and the weights do not say so.")
        {
            Costs = Alike,
            EveryServers = 5,
            Speed = 0.2,
        },
        new("Failing servers", "One of ten servers (one of three) refuses all requests for half of the time. Health checks see it after "
            + "500 ms, until then every request that meets it is tried once more elsewhere. Half of the load of the other tables.")
        {
            Costs = Alike,
            EveryServers = 10,
            Fails = true,
            Load = 0.35,
        },
        new("Few clients, and a loud one", "Ten clients for each server, and one of them sends 5 % of all requests beside its own.")
        {
            Costs = Alike,
            ClientsPerServer = 10,
            LoudClientShare = 0.05,
        },
    ];

    /// <summary>The sizes of pools, and how many requests each gets: enough for some seconds of load.</summary>
    public static IReadOnlyList<(int Servers, int Requests)> Sizes { get; } = [(3, 10_000), (100, 20_000), (1_000, 60_000)];

    /// <summary>Runs one algorithm on one workload.</summary>
    public static PoolOutcome Run(ComparedWorkload workload, ComparedAlgorithm algorithm, int servers, int requests, ulong seed = 1) =>
        PoolSimulation.Run(Scenario(workload, algorithm, servers, requests) with { Seed = seed });

    /// <summary>Writes a workload's table.</summary>
    /// <param name="workload">The workload.</param>
    /// <param name="outcome">What came out of <see cref="Run"/> for an algorithm and a number of servers.</param>
    public static string Table(ComparedWorkload workload, Func<ComparedAlgorithm, int, PoolOutcome> outcome)
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"### {workload.Name}\n{workload.Description}\n\n|");
        foreach ((int servers, _) in Sizes)
        {
            page.Append(CultureInfo.InvariantCulture, $" | {servers:N0} servers: p50 / p99 ms | queue | imbalance");
        }

        page.Append(" |\n|---").Insert(page.Length, "|---|---|---", Sizes.Count).Append("|\n");
        foreach (ComparedAlgorithm algorithm in Algorithms)
        {
            page.Append("| ").Append(algorithm.Name);
            foreach ((int servers, _) in Sizes)
            {
                PoolOutcome result = outcome(algorithm, servers);
                page.Append(" | ").Append(Times(result)).Append(CultureInfo.InvariantCulture, $" | {result.MaxQueue} | {result.Imbalance:0.0}");
            }

            page.Append(" |\n");
        }

        return page.ToString();
    }

    private static PoolScenario Scenario(ComparedWorkload workload, ComparedAlgorithm algorithm, int servers, int requests)
    {
        bool IsOdd(int i) => workload.EveryServers > 0 && i % workload.EveryServers == 0;
        var server = new SimulatedServer();
        double speed = Enumerable.Range(0, servers).Sum(i => IsOdd(i) ? workload.Speed : server.Speed);
        double meanUs = workload.Costs.Sum(cost => cost.Share * cost.CostUs);
        double perSecond = workload.Load * speed * server.Slots * 1_000_000 / meanUs;
        long durationMs = (long)(requests / perSecond * 1_000);
        SimulatedServer usual = server with { MaxConnections = algorithm.FillsSlots ? server.Slots : null };
        SimulatedServer odd = usual with { Speed = workload.Speed, FailsFromMs = durationMs / 4, FailsToMs = workload.Fails ? durationMs * 3 / 4 : 0 };
        return new PoolScenario
        {
            Algorithm = algorithm.Algorithm,
            Options = new RosterOptions(PanicShare: 0.5, SlowStartMs: 0, algorithm.HashBoundPercent),
            Servers = [.. Enumerable.Range(0, servers).Select(i => IsOdd(i) ? odd : usual)],
            Costs = workload.Costs,
            RequestsPerSecond = perSecond,
            Requests = requests,
            Clients = workload.ClientsPerServer * servers,
            LoudClientShare = workload.LoudClientShare,
            DetectionMs = DetectionMs,
            CountFromMs = (long)(durationMs * WarmUpShare),
            CountToMs = (long)(durationMs * EndShare),
        };
    }

    private static string Times(PoolOutcome outcome) => string.Create(
        CultureInfo.InvariantCulture,
        $"{outcome.P50Us / 1_000:N0} / {outcome.P99Us / 1_000:N0}{Failed(outcome.FailedShare)}");

    private static string Failed(double share) => share switch
    {
        0 => "",
        < 0.0001 => " (below 0.01 % failed)",
        _ => string.Create(CultureInfo.InvariantCulture, $" ({share * 100:0.##} % failed)"),
    };
}
