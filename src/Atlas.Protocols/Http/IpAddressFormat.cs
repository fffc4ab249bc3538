using System.Buffers.Binary;
using System.Buffers.Text;

namespace Atlas.Protocols.Http;

/// <summary>Writes addresses as text without allocating: four decimal numbers, and IPv6 as RFC 5952 4 has it, except that it
/// is hexadecimal throughout, which every reader of IPv6 takes.</summary>
public static class IpAddressFormat
{
    /// <summary>The longest text in bytes.</summary>
    public const int MaxLength = 39;

    private const int Groups = 8;

    /// <summary>Writes an address.</summary>
    /// <param name="ip">4 or 16 bytes in network order.</param>
    /// <param name="destination">At least <see cref="MaxLength"/> bytes.</param>
    /// <returns>The number of bytes written; 0 for an address of another length.</returns>
    public static int Write(ReadOnlySpan<byte> ip, Span<byte> destination) => ip.Length switch
    {
        4 => WriteIpv4(ip, destination),
        16 => WriteIpv6(ip, destination),
        _ => 0,
    };

    private static int WriteIpv4(ReadOnlySpan<byte> ip, Span<byte> destination)
    {
        int at = 0;
        for (int i = 0; i < ip.Length; i++)
        {
            if (i > 0)
            {
                destination[at++] = (byte)'.';
            }

            Utf8Formatter.TryFormat(ip[i], destination[at..], out int length);
            at += length;
        }

        return at;
    }

    private static int WriteIpv6(ReadOnlySpan<byte> ip, Span<byte> destination)
    {
        (int gap, int gapLength) = LongestZeros(ip);
        int at = 0;
        for (int i = 0; i < Groups; i++)
        {
            if (i == gap)
            {
                destination[at++] = (byte)':';
                destination[at++] = (byte)':';
                i += gapLength - 1;
                continue;
            }

            if (i > 0 && i != gap + gapLength)
            {
                destination[at++] = (byte)':';
            }

            ushort group = BinaryPrimitives.ReadUInt16BigEndian(ip[(i * 2)..]);
            group.TryFormat(destination[at..], out int length, "x", provider: null);
            at += length;
        }

        return at;
    }

    // The first of the longest runs of two or more groups of zeros; without one a place that no group has.
    private static (int Gap, int Length) LongestZeros(ReadOnlySpan<byte> ip)
    {
        int best = -Groups;
        int bestLength = 1;
        int length = 0;
        for (int i = 0; i < Groups; i++)
        {
            length = ip[i * 2] == 0 && ip[(i * 2) + 1] == 0 ? length + 1 : 0;
            if (length > bestLength)
            {
                best = i - length + 1;
                bestLength = length;
            }
        }

        return (best, bestLength);
    }
}
