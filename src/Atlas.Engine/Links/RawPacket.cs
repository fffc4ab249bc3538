namespace Atlas.Engine.Links;

/// <summary>A packet that came. Lent until the socket's next receive.</summary>
public readonly ref struct RawPacket
{
    /// <summary>What follows the IP header.</summary>
    public ReadOnlySpan<byte> Payload { get; init; }

    /// <summary>Whom the packet says it is from.</summary>
    public LinkAddress Source { get; init; }

    /// <summary>Where it was sent: an address of this host, or a group.</summary>
    public LinkAddress Destination { get; init; }

    /// <summary>The TTL or hop limit that it came with: 255 says that no router was between (RFC 5082). -1: not known.</summary>
    public int HopLimit { get; init; }

    /// <summary>The interface that it came by; 0: not known.</summary>
    public int LinkIndex { get; init; }

    /// <summary>Whether it was longer than <see cref="RawIpSocket.MaxPacketLength"/>: what is there is not all of it.</summary>
    public bool IsCut { get; init; }
}
