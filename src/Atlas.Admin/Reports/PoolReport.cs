namespace Atlas.Admin.Reports;

/// <summary>A pool.</summary>
public sealed record PoolReport
{
    /// <summary>Its configured name.</summary>
    public required string Name { get; init; }

    /// <summary>Its algorithm, by its name in the configuration; null: not known.</summary>
    public string? Balance { get; init; }

    /// <summary>Its servers, in the order of the configuration.</summary>
    public required IReadOnlyList<ServerReport> Servers { get; init; }
}
