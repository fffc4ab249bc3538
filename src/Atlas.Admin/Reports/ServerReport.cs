using Atlas.Core.Health;

namespace Atlas.Admin.Reports;

/// <summary>A server of a pool. What is null is not known, and absent in JSON.</summary>
public sealed record ServerReport
{
    /// <summary>Its name in the pool.</summary>
    public required string Name { get; init; }

    /// <summary>Where it listens.</summary>
    public required string Address { get; init; }

    /// <summary>What the operator wants of it.</summary>
    public AdminState? AdminState { get; init; }

    /// <summary>What probes found.</summary>
    public OperationalState? OperationalState { get; init; }

    /// <summary>Its share of the pool's load, beside the others'.</summary>
    public int? Weight { get; init; }

    /// <summary>Requests under way.</summary>
    public long? Active { get; init; }

    /// <summary>Requests per second of late.</summary>
    public double? Rate { get; init; }

    /// <summary>What the last probe found, a sentence.</summary>
    public string? LastProbe { get; init; }
}
