namespace Atlas.Core.Telemetry;

/// <summary>A label of a metric's sample.</summary>
/// <param name="Name">Letters, digits and underscores, a letter first.</param>
/// <param name="Value">A configured name or one of a fixed list; never anything that a peer sent.</param>
public readonly record struct MetricLabel(string Name, string Value);
