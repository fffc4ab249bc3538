namespace Atlas.Control.Health;

/// <summary>What all checks of a process share.</summary>
public sealed record HealthOptions
{
    /// <summary>The <c>User-Agent</c> of HTTP probes. Default <c>atlas-health</c>.</summary>
    public string UserAgent { get; init; } = "atlas-health";

    /// <summary>The clock and its timers.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Numbers from 0 to below 1, on any thread.</summary>
    public Func<double> Random { get; init; } = System.Random.Shared.NextDouble;

    /// <summary>Takes the line of each change of a server's health, on any thread.</summary>
    public Action<string> Notice { get; init; } = _ => { };
}
