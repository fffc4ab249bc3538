namespace Atlas.Core.Configuration;

/// <summary>Requests that wait for a server with room.</summary>
public sealed record QueueConfig : ConfigSection
{
    /// <summary>How many may wait; more are 503. 0: none waits. Default 1,000.</summary>
    public int Limit { get; init; } = 1_000;

    /// <summary>How long one waits before it is 503. Default 5 s.</summary>
    public int TimeoutMs { get; init; } = 5_000;
}
