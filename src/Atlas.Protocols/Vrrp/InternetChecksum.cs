using System.Buffers.Binary;

namespace Atlas.Protocols.Vrrp;

/// <summary>The checksum of the Internet protocols (RFC 1071): the one's complement of the one's complement sum of 16-bit words.</summary>
internal static class InternetChecksum
{
    /// <summary>Adds words to a sum; an odd last byte counts as if a zero followed.</summary>
    /// <param name="sum">Of what came before, which had an even length; at most 65,535 words in all fit without a carry lost.</param>
    /// <param name="bytes">What is added.</param>
    internal static uint Add(uint sum, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= sizeof(ushort))
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes);
            bytes = bytes[sizeof(ushort)..];
        }

        return bytes.IsEmpty ? sum : sum + ((uint)bytes[0] << 8);
    }

    /// <summary>Adds the pseudo-header of IPv4 (RFC 9293 3.1) or IPv6 (RFC 8200 8.1): both sum up to the same words.</summary>
    /// <param name="sum">Of what came before.</param>
    /// <param name="source">4 or 16 bytes.</param>
    /// <param name="destination">As many.</param>
    /// <param name="protocol">The protocol, or the next header.</param>
    /// <param name="length">Of what follows the IP header.</param>
    internal static uint AddPseudoHeader(uint sum, ReadOnlySpan<byte> source, ReadOnlySpan<byte> destination, byte protocol, int length) =>
        Add(Add(sum, source), destination) + protocol + (uint)length;

    /// <summary>Brings a sum into the 16 bits of the field; 0 where the sum was taken over a right checksum, too.</summary>
    internal static ushort Finish(uint sum)
    {
        sum = (sum & 0xffff) + (sum >> 16);
        sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)~sum;
    }
}
