namespace Atlas.Core.Health;

/// <summary>What the outlier detector decided on a server.</summary>
/// <param name="Index">Its place among the candidates.</param>
/// <param name="Kind">What was decided.</param>
/// <param name="Ejection">Its ejections so far, with the one that began or ended.</param>
/// <param name="Detail">Why, in words: <c>for 30s: 5 failures in a row (5 to connect)</c>.</param>
public sealed record OutlierVerdict(int Index, OutlierVerdictKind Kind, Ejection Ejection, string Detail);
