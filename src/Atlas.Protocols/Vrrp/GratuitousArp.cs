using System.Buffers.Binary;

namespace Atlas.Protocols.Vrrp;

/// <summary>
/// Tells all hosts of an Ethernet who has an IPv4 address from now on (RFC 9568 6.4.2): a broadcast frame with an ARP packet
/// (RFC 826) whose sender and target address are both the address.
/// </summary>
public static class GratuitousArp
{
    /// <summary>The length of the frame in bytes; drivers pad it to what Ethernet demands.</summary>
    public const int FrameLength = 42;

    private const int MacLength = 6;
    private const int Ipv4Length = 4;
    private const int ArpAt = 14;

    private static ReadOnlySpan<byte> Broadcast => [0xff, 0xff, 0xff, 0xff, 0xff, 0xff];

    // The EtherType of ARP; then hardware Ethernet, protocol IPv4, and the lengths of both kinds of address.
    private static ReadOnlySpan<byte> TypeAndKinds => [0x08, 0x06, 0, 1, 0x08, 0x00, MacLength, Ipv4Length];

    /// <summary>
    /// Writes the frame. The target's hardware address is the MAC, too (RFC 9568 6.4.2; RFC 5227 2.3 has zeros there, and
    /// receivers ignore it).
    /// </summary>
    /// <param name="room">Where it goes.</param>
    /// <param name="mac">The 6 bytes of the MAC address that has the address now.</param>
    /// <param name="address">The 4 bytes of the address.</param>
    /// <param name="form">Request or reply.</param>
    /// <returns>The bytes written, or 0 if the room is too short.</returns>
    /// <exception cref="ArgumentException">An address has another length.</exception>
    public static int Write(Span<byte> room, ReadOnlySpan<byte> mac, ReadOnlySpan<byte> address, GratuitousArpForm form)
    {
        if (mac.Length != MacLength || address.Length != Ipv4Length)
        {
            throw new ArgumentException("A MAC address has 6 bytes, an IPv4 address 4.");
        }

        if (room.Length < FrameLength)
        {
            return 0;
        }

        Broadcast.CopyTo(room);
        mac.CopyTo(room[MacLength..]);
        TypeAndKinds.CopyTo(room[(2 * MacLength)..]);
        BinaryPrimitives.WriteUInt16BigEndian(room[(ArpAt + 6)..], (ushort)form);
        WritePair(room[(ArpAt + 8)..], mac, address);
        WritePair(room[(ArpAt + 18)..], mac, address);
        return FrameLength;
    }

    private static void WritePair(Span<byte> room, ReadOnlySpan<byte> mac, ReadOnlySpan<byte> address)
    {
        mac.CopyTo(room);
        address.CopyTo(room[MacLength..]);
    }
}
