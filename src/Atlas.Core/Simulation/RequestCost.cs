namespace Atlas.Core.Simulation;

/// <summary>A kind of requests.</summary>
/// <param name="Share">Its share of all, above 0; the shares of all kinds make 1.</param>
/// <param name="CostUs">How long a server of speed 1 works on one, in µs.</param>
public readonly record struct RequestCost(double Share, long CostUs);
