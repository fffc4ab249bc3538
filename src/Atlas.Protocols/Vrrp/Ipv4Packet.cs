using System.Buffers.Binary;

namespace Atlas.Protocols.Vrrp;

/// <summary>
/// A packet with its IPv4 header (RFC 791 3.1), as a raw socket of Linux receives it. The kernel has checked the header's
/// checksum and cut off what the network added, so that lengths have to agree exactly. Reading allocates nothing.
/// </summary>
public readonly ref struct Ipv4Packet
{
    private const int MinHeaderLength = 20;

    // More fragments, and the fragment's offset; what is left is "don't fragment" and a reserved bit.
    private const int FragmentMask = 0x3fff;

    /// <summary>The source: 4 bytes in the packet.</summary>
    public ReadOnlySpan<byte> Source { get; private init; }

    /// <summary>The destination: 4 bytes in the packet.</summary>
    public ReadOnlySpan<byte> Destination { get; private init; }

    /// <summary>The TTL that is left.</summary>
    public byte TimeToLive { get; private init; }

    /// <summary>The protocol of the payload.</summary>
    public byte Protocol { get; private init; }

    /// <summary>The length of the header with its options, 20 to 60 bytes.</summary>
    public int HeaderLength { get; private init; }

    /// <summary>What follows the header, in the packet.</summary>
    public ReadOnlySpan<byte> Payload { get; private init; }

    /// <summary>Reads a packet.</summary>
    /// <param name="bytes">All that was received.</param>
    /// <param name="packet">What it is; default if it is refused.</param>
    public static Ipv4PacketError Read(ReadOnlySpan<byte> bytes, out Ipv4Packet packet)
    {
        packet = default;
        if (bytes.Length < MinHeaderLength)
        {
            return Ipv4PacketError.Truncated;
        }

        if (bytes[0] >> 4 != 4)
        {
            return Ipv4PacketError.Version;
        }

        int headerLength = (bytes[0] & 0xf) * sizeof(uint);
        if (headerLength < MinHeaderLength)
        {
            return Ipv4PacketError.HeaderLength;
        }

        int totalLength = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        if (bytes.Length < headerLength || bytes.Length < totalLength)
        {
            return Ipv4PacketError.Truncated;
        }

        if (totalLength != bytes.Length)
        {
            return Ipv4PacketError.TotalLength;
        }

        if ((BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]) & FragmentMask) != 0)
        {
            return Ipv4PacketError.Fragment;
        }

        packet = new Ipv4Packet
        {
            TimeToLive = bytes[8],
            Protocol = bytes[9],
            Source = bytes.Slice(12, sizeof(uint)),
            Destination = bytes.Slice(16, sizeof(uint)),
            HeaderLength = headerLength,
            Payload = bytes[headerLength..],
        };
        return Ipv4PacketError.None;
    }
}
