namespace Atlas.Core.Balancing;

/// <summary>A pool's rules of who takes requests.</summary>
/// <param name="PanicShare">Below this share of usable weight, 0 to 1, health is ignored; 0: never.</param>
/// <param name="SlowStartMs">How long the share of a server grows that became usable; 0: off.</param>
/// <param name="HashBoundPercent">With hashing, what of its share of the requests under way a server has at most, above 100;
/// 0: any.</param>
public readonly record struct RosterOptions(double PanicShare, int SlowStartMs, int HashBoundPercent = 0);
