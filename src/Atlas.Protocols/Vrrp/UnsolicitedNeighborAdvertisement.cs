using System.Buffers.Binary;

namespace Atlas.Protocols.Vrrp;

/// <summary>
/// Tells all hosts of an Ethernet who has an IPv6 address from now on (RFC 9568 6.4.2, RFC 4861 4.4 and 7.2.6): the ICMPv6
/// message of a neighbor advertisement that nobody asked for, with the override flag and the option of the target's MAC address.
/// It goes to <see cref="Destination"/> with a hop limit of <see cref="HopLimit"/>. The router flag is clear, unlike in RFC 9568,
/// whose nodes are routers: these are hosts.
/// </summary>
public static class UnsolicitedNeighborAdvertisement
{
    /// <summary>The IP protocol of ICMPv6 (RFC 4443 2.1).</summary>
    public const byte Protocol = 58;

    /// <summary>The hop limit that receivers demand (RFC 4861 7.1.2).</summary>
    public const byte HopLimit = 255;

    /// <summary>The length of the message in bytes.</summary>
    public const int Length = 32;

    private const byte Type = 136;
    private const byte OverrideFlag = 0x20;
    private const byte TargetLinkLayerAddress = 2;
    private const int MacLength = 6;
    private const int Ipv6Length = 16;

    /// <summary>All nodes of the link, ff02::1 (RFC 4291 2.7.1): 16 bytes.</summary>
    public static ReadOnlySpan<byte> Destination => [0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];

    /// <summary>Writes the message.</summary>
    /// <param name="room">Where it goes.</param>
    /// <param name="source">The 16 bytes of the source that the packet will have, for the checksum.</param>
    /// <param name="target">The 16 bytes of the address.</param>
    /// <param name="mac">The 6 bytes of the MAC address that has the address now.</param>
    /// <returns>The bytes written, or 0 if the room is too short.</returns>
    /// <exception cref="ArgumentException">An address has another length.</exception>
    public static int Write(Span<byte> room, ReadOnlySpan<byte> source, ReadOnlySpan<byte> target, ReadOnlySpan<byte> mac)
    {
        if (source.Length != Ipv6Length || target.Length != Ipv6Length || mac.Length != MacLength)
        {
            throw new ArgumentException("An IPv6 address has 16 bytes, a MAC address 6.");
        }

        if (room.Length < Length)
        {
            return 0;
        }

        Span<byte> message = room[..Length];
        message[..8].Clear();
        message[0] = Type;
        message[4] = OverrideFlag;
        target.CopyTo(message[8..]);
        message[24] = TargetLinkLayerAddress;
        message[25] = 1; // The option's length in units of 8 bytes.
        mac.CopyTo(message[26..]);
        uint sum = InternetChecksum.AddPseudoHeader(InternetChecksum.Add(0, message), source, Destination, Protocol, Length);
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], InternetChecksum.Finish(sum));
        return Length;
    }
}
