using Atlas.Core.Balancing;
using Atlas.Core.Configuration;

namespace Atlas.Core.Simulation;

/// <summary>A pool and the requests that come to it.</summary>
public sealed record PoolScenario
{
    /// <summary>How servers are chosen.</summary>
    public BalanceAlgorithm Algorithm { get; init; } = BalanceAlgorithm.RoundRobin;

    /// <summary>The pool's rules.</summary>
    public RosterOptions Options { get; init; } = new(PanicShare: 0.5, SlowStartMs: 0);

    /// <summary>The servers, at least one.</summary>
    public required IReadOnlyList<SimulatedServer> Servers { get; init; }

    /// <summary>The kinds of requests, at least one.</summary>
    public required IReadOnlyList<RequestCost> Costs { get; init; }

    /// <summary>Requests per second on average. They come independently of each other, as a Poisson process.</summary>
    public required double RequestsPerSecond { get; init; }

    /// <summary>How many requests come.</summary>
    public int Requests { get; init; } = 20_000;

    /// <summary>How many different clients they come from, each with a key of its own.</summary>
    public int Clients { get; init; } = 1_000;

    /// <summary>The share of the requests that come from one of the clients beside its own.</summary>
    public double LoudClientShare { get; init; }

    /// <summary>Tries after the first, each at another server.</summary>
    public int Retries { get; init; } = 1;

    /// <summary>Ms from a server's failure, or its end, to when the balancer learns of it.</summary>
    public long DetectionMs { get; init; } = 2_000;

    /// <summary>Ms from the beginning to the first request that counts in the outcome.</summary>
    public long CountFromMs { get; init; }

    /// <summary>Ms from the beginning to the first request that no longer counts.</summary>
    public long CountToMs { get; init; } = long.MaxValue;

    /// <summary>What all randomness comes from; the same seed gives the same result.</summary>
    public ulong Seed { get; init; } = 1;
}
