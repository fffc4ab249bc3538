namespace Atlas.Engine.Links;

/// <summary>What the kernel says of a network interface at a moment.</summary>
public sealed record NetworkLink
{
    /// <summary>Its number in its network namespace, which no other has as long as it is there.</summary>
    public required int Index { get; init; }

    /// <summary>Its name, of at most 15 bytes. It may be renamed while it is there.</summary>
    public required string Name { get; init; }

    /// <summary>Its hardware address; none where it is no Ethernet.</summary>
    public HardwareAddress HardwareAddress { get; init; }

    /// <summary>The longest packet that it takes, in bytes and without the head of the frame.</summary>
    public int Mtu { get; init; }

    /// <summary>Whether it is switched on (IFF_UP).</summary>
    public bool IsUp { get; init; }

    /// <summary>Whether it carries traffic (IFF_RUNNING): it is switched on, and there is a carrier.</summary>
    public bool IsRunning { get; init; }

    /// <summary>Whether it leads to this host only.</summary>
    public bool IsLoopback { get; init; }

    /// <summary>Whether it takes packets to groups.</summary>
    public bool HasMulticast { get; init; }

    /// <summary>Whether addresses are looked up on it with ARP, so that a gratuitous one makes sense.</summary>
    public bool HasArp { get; init; }
}
