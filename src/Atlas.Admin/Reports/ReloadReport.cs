namespace Atlas.Admin.Reports;

/// <summary>A reload that was done.</summary>
/// <param name="Lines">What has changed, and warnings, in the words of the log; none: the configuration is the same.</param>
public sealed record ReloadReport(IReadOnlyList<string> Lines);
