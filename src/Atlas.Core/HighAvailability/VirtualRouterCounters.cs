namespace Atlas.Core.HighAvailability;

/// <summary>What a virtual router has counted since it was made. Written by its thread; any thread may read each number.</summary>
public sealed class VirtualRouterCounters
{
    /// <summary>Advertisements that were taken.</summary>
    public long Heard { get; internal set; }

    /// <summary>Those of them by which a node said that it stops.</summary>
    public long HeardStopped { get; internal set; }

    /// <summary>Those of them with other addresses than this node has. They are taken as any other (RFC 9568 7.1).</summary>
    public long HeardOtherAddresses { get; internal set; }

    /// <summary>Those of them with another interval than this node has. A backup goes by what it hears (RFC 9568 6.4.2).</summary>
    public long HeardOtherInterval { get; internal set; }

    /// <summary>Advertisements refused because this node takes no part now.</summary>
    public long RefusedNotRunning { get; internal set; }

    /// <summary>Advertisements refused because they come from an address of the other family.</summary>
    public long RefusedFamily { get; internal set; }

    /// <summary>Advertisements refused because they come from this node's own address: its own that came back, or those of a node
    /// with the same address.</summary>
    public long RefusedOwnAddress { get; internal set; }

    /// <summary>Advertisements refused because their sender is none of the peers.</summary>
    public long RefusedNotAPeer { get; internal set; }

    /// <summary>Advertisements that were to be sent.</summary>
    public long Advertised { get; internal set; }

    /// <summary>Answers to masters of lower priority that were left to the next advertisement, because
    /// <see cref="VirtualRouter.MaxAssertions"/> had been sent since the last.</summary>
    public long WithheldAssertions { get; internal set; }

    /// <summary>Announcements that were to be made, each of all addresses.</summary>
    public long Announced { get; internal set; }

    /// <summary>How often it became master.</summary>
    public long BecameMaster { get; internal set; }

    /// <summary>How often it let go of the addresses because it had not run for too long.</summary>
    public long Pauses { get; internal set; }

    /// <summary>How often it listened anew as a backup, in place of taking over, because it had not run for too long.</summary>
    public long ListenedAnew { get; internal set; }
}
