namespace Atlas.Admin.Reports;

/// <summary>What runs. What is null is not known, and absent in JSON.</summary>
public sealed record StatusReport
{
    /// <summary>The node's name.</summary>
    public required string Node { get; init; }

    /// <summary>The version of Atlas.</summary>
    public required string Version { get; init; }

    /// <summary>The id of the process.</summary>
    public int? Pid { get; init; }

    /// <summary>Since when it serves.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>The id of the process whose place it took; null: it was started by itself.</summary>
    public int? UpgradedFrom { get; init; }

    /// <summary>Which configuration runs: the same for the same content.</summary>
    public string? ConfigId { get; init; }

    /// <summary>The listeners, in the order of the configuration.</summary>
    public required IReadOnlyList<ListenerReport> Listeners { get; init; }

    /// <summary>The pools, in the order of the configuration.</summary>
    public required IReadOnlyList<PoolReport> Pools { get; init; }

    /// <summary>The stores, in the order of the configuration; null: there are none.</summary>
    public IReadOnlyList<StoreReport>? Stores { get; init; }

    /// <summary>The sessions, in the order of the configuration; null: there are none.</summary>
    public IReadOnlyList<SessionReport>? Sessions { get; init; }

    /// <summary>This node's part among others; null: it stands alone.</summary>
    public HighAvailabilityReport? HighAvailability { get; init; }

    /// <summary>The certificates in force, in short; null: there are none.</summary>
    public CertificateSummary? Certificates { get; init; }

    /// <summary>The authorities in force that files name, in short; null: there are none.</summary>
    public CertificateSummary? Authorities { get; init; }

    /// <summary>Servers that a reload removed and that still have something left; null: none.</summary>
    public IReadOnlyList<LeavingReport>? Leaving { get; init; }
}
