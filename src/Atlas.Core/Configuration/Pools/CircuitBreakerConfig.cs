namespace Atlas.Core.Configuration;

/// <summary>Answers 503 without asking while too many requests fail.</summary>
public sealed record CircuitBreakerConfig : ConfigSection
{
    /// <summary>The share of failures that opens it, above 0 up to 1. Default 0.5.</summary>
    public double ErrorRateShare { get; init; } = 0.5;

    /// <summary>The time over which failures are counted. Default 10 s.</summary>
    public int WindowMs { get; init; } = 10_000;

    /// <summary>With fewer requests in that time it stays closed. Default 20.</summary>
    public int MinRequests { get; init; } = 20;

    /// <summary>How long it is open before one request may try. Default 5 s.</summary>
    public int OpenForMs { get; init; } = 5_000;
}
