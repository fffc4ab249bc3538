namespace Atlas.Core.Simulation;

/// <summary>What a <see cref="PoolSimulation"/> measured of the requests that count.</summary>
public sealed record PoolOutcome
{
    /// <summary>The time that half of the answered requests stayed below, from their arrival to their end, in µs.</summary>
    public required long P50Us { get; init; }

    /// <summary>The time that 99 % stayed below, in µs.</summary>
    public required long P99Us { get; init; }

    /// <summary>The most requests that ever waited at one server, without those that it worked on.</summary>
    public required int MaxQueue { get; init; }

    /// <summary>The load of the busiest server over that of the average one, by requests under way for its weight: the mean of
    /// what was seen every 10 ms. 1: all had the same.</summary>
    public required double Imbalance { get; init; }

    /// <summary>The share of the requests that got no answer.</summary>
    public required double FailedShare { get; init; }

    /// <summary>Requests given to each server, those that failed there counted too.</summary>
    public required IReadOnlyList<int> Picks { get; init; }
}
