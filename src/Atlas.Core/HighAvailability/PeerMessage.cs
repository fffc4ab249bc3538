namespace Atlas.Core.HighAvailability;

/// <summary>What an authentic heartbeat says.</summary>
public sealed record PeerMessage
{
    /// <summary>The node that sent it.</summary>
    public required string From { get; init; }

    /// <summary>The node that it is for.</summary>
    public required string To { get; init; }

    /// <summary>The sender's boot: random, chosen when it started; not 0.</summary>
    public required UInt128 Boot { get; init; }

    /// <summary>Grows within a boot, from 1.</summary>
    public required ulong Sequence { get; init; }

    /// <summary>What the sender heard last of the receiver.</summary>
    public PeerEcho Echo { get; init; }

    /// <summary>The state of the sender's data plane.</summary>
    public DataPlaneState DataPlane { get; init; }

    /// <summary>The sender's wall clock, in milliseconds since 1970.</summary>
    public long WallClockMs { get; init; }

    /// <summary>Its version of Atlas.</summary>
    public string Version { get; init; } = "";
}
