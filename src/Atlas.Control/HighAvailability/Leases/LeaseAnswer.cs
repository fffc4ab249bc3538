namespace Atlas.Control.HighAvailability.Leases;

/// <summary>What a store says of a lease.</summary>
/// <param name="IsHeld">Whether this node has it now.</param>
/// <param name="Other">The node that has it instead; empty: none, or the store did not say.</param>
/// <param name="Problem">Why it did not, in words for operators; empty: it did.</param>
public readonly record struct LeaseAnswer(bool IsHeld, string Other = "", string Problem = "");
