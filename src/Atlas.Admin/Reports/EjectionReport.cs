namespace Atlas.Admin.Reports;

/// <summary>Why a server is ejected, and for how long.</summary>
/// <param name="Reason">What real requests had against it, a sentence.</param>
/// <param name="SecondsLeft">Until it takes requests again, if no health check passes before; at least 0.</param>
public sealed record EjectionReport(string Reason, double SecondsLeft);
