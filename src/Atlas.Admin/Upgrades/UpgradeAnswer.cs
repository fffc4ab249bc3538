using Atlas.Admin.Reports;

namespace Atlas.Admin.Upgrades;

/// <summary>What became of an upgrade.</summary>
public sealed record UpgradeAnswer
{
    private UpgradeAnswer()
    {
    }

    /// <summary>The process that serves now; null: nothing has changed.</summary>
    public UpgradeReport? Report { get; private init; }

    /// <summary>Why nothing has changed; null: it was done.</summary>
    public string? Error { get; private init; }

    /// <summary>Another process serves.</summary>
    public static UpgradeAnswer Done(UpgradeReport report) => new() { Report = report };

    /// <summary>Nothing has changed.</summary>
    /// <param name="error">Why, in words.</param>
    public static UpgradeAnswer Refused(string error) => new() { Error = error };
}
