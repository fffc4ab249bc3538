using System.IO.Hashing;
using System.Text;

namespace Atlas.Core.Balancing;

/// <summary>
/// 64-bit hashes of what balancing goes by: the same on every node, machine, start and version, so that nodes agree on servers
/// without talking. XXH3 (Collet) with a fixed seed. Not for secrets: whoever knows the seed can make keys that meet.
/// Allocates nothing.
/// </summary>
public static class KeyHash
{
    /// <summary>The longest prefix of an IPv6 address.</summary>
    public const int MaxIpv6PrefixBits = 128;

    /// <summary>The additive constant of SplitMix64 (Steele, Lea, Flood 2014): 2^64 over the golden ratio.</summary>
    internal const ulong Golden = 0x9E37_79B9_7F4A_7C15;

    /// <summary>The most bytes of a key's form that is written anew: longer than any host name (RFC 1035 2.3.4).</summary>
    public const int MaxForm = 256;

    private const int Ipv4Length = 4;
    private const int Ipv6Length = 16;

    // "Atlas/k1" in ASCII. To change it moves every client to another server.
    private const long Seed = 0x41_74_6C_61_73_2F_6B_31;

    private static ReadOnlySpan<byte> MappedPrefix => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

    /// <summary>The hash of bytes as they are. O(length).</summary>
    public static ulong Of(ReadOnlySpan<byte> key) => XxHash3.HashToUInt64(key, Seed);

    /// <summary>The hash of a name, as UTF-8. Allocates; not for the hot path.</summary>
    public static ulong OfName(string name) => Of(Encoding.UTF8.GetBytes(name));

    /// <summary>The hash of a text in which ASCII letters mean the same in either case, such as a host.</summary>
    /// <param name="text">The text; what lies past 256 bytes does not count.</param>
    public static ulong OfLowered(ReadOnlySpan<byte> text) => Of(Lowered(text, stackalloc byte[MaxForm]));

    /// <summary>The one form of a text in which ASCII letters mean the same in either case.</summary>
    /// <param name="text">The text; what lies past 256 bytes does not count.</param>
    /// <param name="form">Where to, <see cref="MaxForm"/> bytes.</param>
    public static ReadOnlySpan<byte> Lowered(scoped ReadOnlySpan<byte> text, Span<byte> form)
    {
        int length = Math.Min(text.Length, MaxForm);
        for (int i = 0; i < length; i++)
        {
            byte b = text[i];
            form[i] = b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b | 0x20) : b;
        }

        return form[..length];
    }

    /// <summary>The hash of a client's address. An IPv4 address that is mapped into IPv6 (RFC 4291 2.5.5.2) is the IPv4
    /// address.</summary>
    /// <param name="ip">4 or 16 bytes in network order.</param>
    /// <param name="ipv6PrefixBits">How many leading bits of an IPv6 address count, 0 to
    /// <see cref="MaxIpv6PrefixBits"/>.</param>
    public static ulong OfAddress(ReadOnlySpan<byte> ip, int ipv6PrefixBits) =>
        Of(Network(ip, ipv6PrefixBits, stackalloc byte[MaxForm]));

    /// <summary>The address of a client's network, as of <see cref="OfAddress"/>.</summary>
    /// <param name="ip">4 or 16 bytes in network order.</param>
    /// <param name="ipv6PrefixBits">How many leading bits of an IPv6 address count.</param>
    /// <param name="form">Where to, <see cref="MaxForm"/> bytes.</param>
    public static ReadOnlySpan<byte> Network(scoped ReadOnlySpan<byte> ip, int ipv6PrefixBits, Span<byte> form)
    {
        if (ip.Length != Ipv6Length)
        {
            ip.CopyTo(form);
            return form[..ip.Length];
        }

        if (ip.StartsWith(MappedPrefix))
        {
            ip[^Ipv4Length..].CopyTo(form);
            return form[..Ipv4Length];
        }

        Span<byte> masked = form[..Ipv6Length];
        ip.CopyTo(masked);
        int whole = ipv6PrefixBits / 8;
        if (whole < Ipv6Length)
        {
            masked[whole] &= (byte)(0xff00 >> (ipv6PrefixBits % 8));
            masked[(whole + 1)..].Clear();
        }

        return masked;
    }

    /// <summary>Another hash of the same key: one of a row that looks random, the first being the key itself.</summary>
    /// <param name="key">The key's hash.</param>
    /// <param name="turn">Which of the row, from 0.</param>
    public static ulong Again(ulong key, uint turn) => turn == 0 ? key : Mix(key + (turn * Golden));

    /// <summary>Spreads a change of any bit over all bits: the finalizer of SplitMix64.</summary>
    internal static ulong Mix(ulong bits)
    {
        bits = (bits ^ (bits >> 30)) * 0xBF58_476D_1CE4_E5B9;
        bits = (bits ^ (bits >> 27)) * 0x94D0_49BB_1331_11EB;
        return bits ^ (bits >> 31);
    }
}
