namespace Atlas.Admin.Reports;

/// <summary>A reload that was done.</summary>
public sealed record ReloadReport
{
    /// <summary>What has changed, and warnings, in the words of the log; none: the configuration is the same.</summary>
    public required IReadOnlyList<string> Lines { get; init; }
}
