namespace Atlas.Admin.Reports;

/// <summary>Whether traffic should be sent here.</summary>
/// <param name="Reasons">Why not, a sentence each: <c>draining</c>, <c>pool api: first probes are under way</c>. Empty: it
/// should.</param>
public sealed record ReadinessReport(IReadOnlyList<string> Reasons)
{
    /// <summary>Ready.</summary>
    public static ReadinessReport Ready { get; } = new([]);

    /// <summary>Whether there is no reason against it.</summary>
    public bool IsReady => Reasons.Count == 0;
}
