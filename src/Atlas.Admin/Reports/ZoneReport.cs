namespace Atlas.Admin.Reports;

/// <summary>The zone that a node answers for.</summary>
public sealed record ZoneReport
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its version.</summary>
    public required long Serial { get; init; }

    /// <summary>Where it is asked.</summary>
    public required string Address { get; init; }

    /// <summary>The nodes whose addresses are in answers, each once, in the order of the configuration.</summary>
    public required IReadOnlyList<string> Answers { get; init; }
}
