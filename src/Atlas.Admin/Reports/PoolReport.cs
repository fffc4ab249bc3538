namespace Atlas.Admin.Reports;

/// <summary>A pool.</summary>
public sealed record PoolReport
{
    /// <summary>Its configured name.</summary>
    public required string Name { get; init; }

    /// <summary>Its algorithm, by its name in the configuration; null: not known.</summary>
    public string? Balance { get; init; }

    /// <summary>Who of it takes requests.</summary>
    public PoolState? State { get; init; }

    /// <summary>How much of the weight of its ready servers is usable, 0 to 1; backups do not count.</summary>
    public double? UsableShare { get; init; }

    /// <summary>Its circuit breaker; null: it has none.</summary>
    public CircuitReport? Circuit { get; init; }

    /// <summary>What somebody should change about it, a sentence; null: nothing.</summary>
    public string? Warning { get; init; }

    /// <summary>The names that servers of it come from; null: none does.</summary>
    public IReadOnlyList<ServerNameReport>? Names { get; init; }

    /// <summary>Its servers, in the order of the configuration.</summary>
    public required IReadOnlyList<ServerReport> Servers { get; init; }
}
