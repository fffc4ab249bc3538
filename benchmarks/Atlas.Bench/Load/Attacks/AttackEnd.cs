namespace Atlas.Bench.Load.Attacks;

/// <summary>How an attack ended.</summary>
/// <param name="IsCut">Whether the proxy ended the connection.</param>
/// <param name="Ms">After how many milliseconds.</param>
/// <param name="SentShare">The share of the attack that was handed to the kernel until then.</param>
internal readonly record struct AttackEnd(bool IsCut, double Ms, double SentShare);
