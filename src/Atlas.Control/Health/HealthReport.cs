using Atlas.Core.Health;

namespace Atlas.Control.Health;

/// <summary>What is known of a server's health at a moment.</summary>
public sealed record HealthReport
{
    /// <summary>What the checks found.</summary>
    public ServerHealth Health { get; init; }

    /// <summary>The last probe; null: none has ended.</summary>
    public LastProbe? Last { get; init; }

    /// <summary>Probes that passed since the server is checked.</summary>
    public long Passed { get; init; }

    /// <summary>Probes that failed since the server is checked.</summary>
    public long Failed { get; init; }
}
