namespace Atlas.Core.HighAvailability;

/// <summary>A node's state or its reason became another.</summary>
/// <param name="From">What it was.</param>
/// <param name="To">What it is.</param>
public readonly record struct PeerChange(PeerStatus From, PeerStatus To);
