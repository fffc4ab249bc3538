namespace Atlas.Protocols.Heartbeats;

/// <summary>What one node tells another every few hundred milliseconds.</summary>
public sealed record Heartbeat
{
    /// <summary>The name of the node that sends it, 1 to <see cref="HeartbeatLimits.NameBytes"/> printable ASCII characters.</summary>
    public required string From { get; init; }

    /// <summary>The name of the node that it is for, of the same form. A copy of it convinces no other node.</summary>
    public required string To { get; init; }

    /// <summary>Chosen at random when the sender started; not 0.</summary>
    public required UInt128 Boot { get; init; }

    /// <summary>Grows with each heartbeat of a boot, from 1.</summary>
    public required ulong Sequence { get; init; }

    /// <summary>The boot of the receiver that the sender heard last; 0: it has heard none.</summary>
    public UInt128 EchoBoot { get; init; }

    /// <summary>The sequence number that it heard last of that boot; 0 without one.</summary>
    public ulong EchoSequence { get; init; }

    /// <summary>How long before it sent this it had heard that, in microseconds; 0 without one.</summary>
    public uint EchoAgeUs { get; init; }

    /// <summary>What the sender says of its data plane.</summary>
    public required HeartbeatState State { get; init; }

    /// <summary>The sender's clock in milliseconds since 1970 (UTC), for showing how far clocks are apart. It proves nothing.</summary>
    public long WallClockMs { get; init; }

    /// <summary>The sender's version of Atlas, at most <see cref="HeartbeatLimits.VersionBytes"/> printable ASCII characters.</summary>
    public string Version { get; init; } = "";
}
