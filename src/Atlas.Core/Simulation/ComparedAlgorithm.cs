using Atlas.Core.Configuration;

namespace Atlas.Core.Simulation;

/// <summary>An algorithm as <see cref="AlgorithmComparison"/> sets it up.</summary>
/// <param name="Name">What the configuration calls it, and with which other keys.</param>
/// <param name="Algorithm">How it chooses.</param>
/// <param name="HashBoundPercent">The bound of hashing; 0: none.</param>
/// <param name="FillsSlots">Whether servers have <c>max_connections</c>, as many as their slots.</param>
public sealed record ComparedAlgorithm(string Name, BalanceAlgorithm Algorithm, int HashBoundPercent = 0, bool FillsSlots = false);
