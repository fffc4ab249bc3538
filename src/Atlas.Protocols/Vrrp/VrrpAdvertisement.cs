using System.Buffers.Binary;

namespace Atlas.Protocols.Vrrp;

/// <summary>
/// An advertisement of VRRPv3, the payload of an IP packet of protocol 112 (RFC 9568 5.2):
/// <code>
///    0                   1                   2                   3
///    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///   |Version| Type  | Virtual Rtr ID|   Priority    | Address Count |
///   |Reserve|  Max Advertise Interval |           Checksum          |
///   |                           addresses                           |
/// </code>
/// Reading and writing allocate nothing.
/// </summary>
public readonly ref struct VrrpAdvertisement
{
    /// <summary>The IP protocol, and the next header in IPv6 (RFC 9568 5.1.1.4).</summary>
    public const byte Protocol = 112;

    /// <summary>The TTL and hop limit that advertisements have (RFC 9568 5.1.1.3).</summary>
    public const byte HopLimit = 255;

    /// <summary>The priority of a router that stops being responsible (RFC 9568 5.2.4).</summary>
    public const byte PriorityStopped = 0;

    /// <summary>The longest interval, 40.95 s, in hundredths of a second (RFC 9568 5.2.7: 12 bits).</summary>
    public const int MaxIntervalCentiseconds = 0xfff;

    /// <summary>The most addresses (RFC 9568 5.2.5: 8 bits).</summary>
    public const int MaxAddresses = 255;

    /// <summary>The length in bytes of the longest: 255 addresses of IPv6.</summary>
    public const int MaxLength = FixedLength + (MaxAddresses * Ipv6Length);

    private const int FixedLength = 8;
    private const int Ipv4Length = 4;
    private const int Ipv6Length = 16;
    private const byte VersionAndType = 0x31;

    /// <summary>The multicast group of IPv4 that advertisements go to, 224.0.0.18 (RFC 9568 5.1.1.2): 4 bytes.</summary>
    public static ReadOnlySpan<byte> Ipv4Group => [224, 0, 0, 18];

    /// <summary>The multicast group of IPv6 that advertisements go to, ff02::12 (RFC 9568 5.1.2.2): 16 bytes.</summary>
    public static ReadOnlySpan<byte> Ipv6Group => [0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x12];

    /// <summary>The virtual router, 1 to 255.</summary>
    public byte RouterId { get; init; }

    /// <summary>The sender's priority: 0 when it stops, 255 when it owns the addresses.</summary>
    public byte Priority { get; init; }

    /// <summary>Hundredths of a second between the sender's advertisements, 1 to 4,095.</summary>
    public ushort IntervalCentiseconds { get; init; }

    /// <summary>The addresses one after the other, each of 4 or 16 bytes. Those that were read lie in the packet.</summary>
    public ReadOnlySpan<byte> Addresses { get; init; }

    /// <summary>What the checksum covers. A reader tells what it found; over IPv6 a writer takes no notice of it.</summary>
    public VrrpChecksumForm ChecksumForm { get; init; }

    /// <summary>
    /// Reads an advertisement and makes the checks of RFC 9568 7.1 that need no configuration. Over IPv4, both forms of the
    /// checksum are taken: two values of 65,536 in place of one pass for a broken packet.
    /// </summary>
    /// <param name="message">What follows the IP header, to the end of the packet.</param>
    /// <param name="source">The packet's source: 4 bytes, or 16 for IPv6.</param>
    /// <param name="destination">Where it was sent to, as many bytes; the group, or this node's address.</param>
    /// <param name="hopLimit">Its TTL or hop limit.</param>
    /// <param name="advertisement">What it says; default if it is refused.</param>
    /// <exception cref="ArgumentException">The addresses have other or different lengths.</exception>
    public static VrrpAdvertisementError Read(
        ReadOnlySpan<byte> message,
        scoped ReadOnlySpan<byte> source,
        scoped ReadOnlySpan<byte> destination,
        int hopLimit,
        out VrrpAdvertisement advertisement)
    {
        CheckFamily(source, destination);
        advertisement = default;
        if (hopLimit != HopLimit)
        {
            return VrrpAdvertisementError.HopLimit;
        }

        VrrpAdvertisementError error = CheckFields(message, source.Length);
        if (error != VrrpAdvertisementError.None)
        {
            return error;
        }

        uint sum = InternetChecksum.Add(0, message);
        uint fullSum = InternetChecksum.AddPseudoHeader(sum, source, destination, Protocol, message.Length);
        VrrpChecksumForm form = VrrpChecksumForm.PseudoHeader;
        if (InternetChecksum.Finish(fullSum) != 0)
        {
            if (source.Length != Ipv4Length || InternetChecksum.Finish(sum) != 0)
            {
                return VrrpAdvertisementError.Checksum;
            }

            form = VrrpChecksumForm.MessageOnly;
        }

        int interval = BinaryPrimitives.ReadUInt16BigEndian(message[4..]) & MaxIntervalCentiseconds;
        if (interval == 0)
        {
            return VrrpAdvertisementError.Interval;
        }

        advertisement = new VrrpAdvertisement
        {
            RouterId = message[1],
            Priority = message[2],
            IntervalCentiseconds = (ushort)interval,
            Addresses = message[FixedLength..],
            ChecksumForm = form,
        };
        return VrrpAdvertisementError.None;
    }

    /// <summary>Writes it.</summary>
    /// <param name="room">Where it goes.</param>
    /// <param name="source">The source that the packet will have: 4 bytes, or 16 for IPv6.</param>
    /// <param name="destination">Where it will go to, as many bytes.</param>
    /// <returns>The bytes written, or 0 if the room is too short.</returns>
    /// <exception cref="ArgumentException">The addresses have other or different lengths, or a field is outside its range.</exception>
    public int Write(Span<byte> room, ReadOnlySpan<byte> source, ReadOnlySpan<byte> destination)
    {
        CheckFamily(source, destination);
        int count = Addresses.Length / source.Length;
        if (RouterId == 0
            || IntervalCentiseconds is 0 or > MaxIntervalCentiseconds
            || count is 0 or > MaxAddresses
            || count * source.Length != Addresses.Length)
        {
            throw new ArgumentException("A field of the advertisement is outside its range.");
        }

        int length = FixedLength + Addresses.Length;
        if (room.Length < length)
        {
            return 0;
        }

        Span<byte> message = room[..length];
        message[0] = VersionAndType;
        message[1] = RouterId;
        message[2] = Priority;
        message[3] = (byte)count;
        BinaryPrimitives.WriteUInt16BigEndian(message[4..], IntervalCentiseconds);
        BinaryPrimitives.WriteUInt16BigEndian(message[6..], 0);
        Addresses.CopyTo(message[FixedLength..]);

        uint sum = InternetChecksum.Add(0, message);
        if (source.Length != Ipv4Length || ChecksumForm == VrrpChecksumForm.PseudoHeader)
        {
            sum = InternetChecksum.AddPseudoHeader(sum, source, destination, Protocol, length);
        }

        BinaryPrimitives.WriteUInt16BigEndian(message[6..], InternetChecksum.Finish(sum));
        return length;
    }

    // Checks in the order of the enum, up to the length.
    private static VrrpAdvertisementError CheckFields(ReadOnlySpan<byte> message, int addressLength)
    {
        if (message.Length < FixedLength)
        {
            return VrrpAdvertisementError.Truncated;
        }

        if (message[0] >> 4 != VersionAndType >> 4)
        {
            return VrrpAdvertisementError.Version;
        }

        if (message[0] != VersionAndType)
        {
            return VrrpAdvertisementError.Type;
        }

        if (message[1] == 0)
        {
            return VrrpAdvertisementError.RouterId;
        }

        if (message[3] == 0)
        {
            return VrrpAdvertisementError.NoAddresses;
        }

        return message.Length == FixedLength + (message[3] * addressLength)
            ? VrrpAdvertisementError.None
            : VrrpAdvertisementError.Length;
    }

    private static void CheckFamily(ReadOnlySpan<byte> source, ReadOnlySpan<byte> destination)
    {
        if (source.Length is not Ipv4Length and not Ipv6Length || destination.Length != source.Length)
        {
            throw new ArgumentException("Source and destination have both 4 or both 16 bytes.");
        }
    }
}
