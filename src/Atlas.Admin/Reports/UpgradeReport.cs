namespace Atlas.Admin.Reports;

/// <summary>A process that took another's place.</summary>
public sealed record UpgradeReport
{
    /// <summary>The id of the process that serves now.</summary>
    public required int Pid { get; init; }

    /// <summary>Its version of Atlas.</summary>
    public required string Version { get; init; }

    /// <summary>The id of the process that served before.</summary>
    public required int FromPid { get; init; }

    /// <summary>Its version of Atlas.</summary>
    public required string FromVersion { get; init; }

    /// <summary>Connections that are left there, and drain.</summary>
    public required int Draining { get; init; }

    /// <summary>What did not go over, a sentence each; null: nothing to tell.</summary>
    public IReadOnlyList<string>? Notes { get; init; }
}
