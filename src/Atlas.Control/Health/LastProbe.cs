namespace Atlas.Control.Health;

/// <summary>The last probe of a server that ended.</summary>
/// <param name="At">When it began.</param>
/// <param name="Result">What it found.</param>
/// <param name="Duration">How long it took.</param>
public sealed record LastProbe(DateTimeOffset At, ProbeResult Result, TimeSpan Duration);
