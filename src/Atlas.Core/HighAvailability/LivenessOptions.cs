namespace Atlas.Core.HighAvailability;

/// <summary>The times of the nodes' liveness. All nodes have the same.</summary>
public sealed record LivenessOptions
{
    /// <summary>The longest time from one heartbeat to the next, in microseconds. Default 500 ms.</summary>
    public long IntervalUs { get; init; } = 500_000;

    /// <summary>A node is dead after this much silence, in microseconds; at least two intervals. Default 2 s: three heartbeats in a row may
    /// be lost, and a dead node leaves the answers of the DNS within 3 s.</summary>
    public long DeadAfterUs { get; init; } = 2_000_000;

    /// <summary>How long a hint at why a peer is silent holds.</summary>
    public long HintUs => 5 * DeadAfterUs;

    /// <summary>How long ago a round may have been sent whose echo proves something. So a node is never called alive for longer than this
    /// after it died, however long its heartbeats were under way: whoever echoes a round lived when it was sent.</summary>
    public long EchoWindowUs => DeadAfterUs + IntervalUs;
}
