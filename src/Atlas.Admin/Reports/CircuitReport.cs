namespace Atlas.Admin.Reports;

/// <summary>A pool's circuit breaker. What is null does not apply, and is absent in JSON.</summary>
public sealed record CircuitReport
{
    /// <summary>What it does.</summary>
    public required CircuitState State { get; init; }

    /// <summary>Since when; null: it was never another.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Why it opened, a sentence; null while it is closed.</summary>
    public string? Reason { get; init; }

    /// <summary>Seconds until the next request may pass; null while it is closed.</summary>
    public double? RetryAfterSeconds { get; init; }
}
