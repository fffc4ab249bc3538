using System.Buffers.Binary;

namespace Atlas.Protocols.Http;

/// <summary>Reads addresses in fields such as <c>X-Forwarded-For</c>, without allocating. Only the forms that mean the same
/// to every program: four decimal numbers without leading zeros, and IPv6 by RFC 4291 2.2 without a zone.</summary>
public static class IpAddressText
{
    /// <summary>Bytes of an IPv6 address.</summary>
    public const int MaxLength = 16;

    private const int Groups = 8;

    /// <summary>Reads an address.</summary>
    /// <param name="text">The whole text.</param>
    /// <param name="address">At least <see cref="MaxLength"/> bytes; gets the address in network order.</param>
    /// <returns>4 or 16, the bytes of the address, or 0 if the text is none.</returns>
    public static int Parse(ReadOnlySpan<byte> text, Span<byte> address)
    {
        if (text.Contains((byte)':'))
        {
            return ParseIpv6(text, address) ? 16 : 0;
        }

        return ParseIpv4(text, address) ? 4 : 0;
    }

    /// <summary>Finds the address in a member of <c>X-Forwarded-For</c>, which some proxies send with a port:
    /// <c>192.0.2.1:80</c>, <c>[2001:db8::1]:80</c>.</summary>
    /// <returns>The part of the text that is the address, without brackets; not checked.</returns>
    public static ReadOnlySpan<byte> WithoutPort(ReadOnlySpan<byte> text)
    {
        if (text.Length > 0 && text[0] == '[')
        {
            int end = text.IndexOf((byte)']');
            return end > 0 && IsPort(text[(end + 1)..]) ? text[1..end] : text;
        }

        int colon = text.IndexOf((byte)':');
        return colon > 0 && colon == text.LastIndexOf((byte)':') && IsPort(text[colon..]) ? text[..colon] : text;
    }

    private static bool IsPort(ReadOnlySpan<byte> text) =>
        text.IsEmpty || (text[0] == ':' && text.Length is > 1 and < 7 && !text[1..].ContainsAnyExceptInRange((byte)'0', (byte)'9'));

    private static bool ParseIpv4(ReadOnlySpan<byte> text, Span<byte> address)
    {
        int at = 0;
        for (int part = 0; part < 4; part++)
        {
            if (part > 0 && (at >= text.Length || text[at++] != '.'))
            {
                return false;
            }

            int start = at;
            int value = 0;
            while (at < text.Length && at - start < 3 && char.IsAsciiDigit((char)text[at]))
            {
                value = (value * 10) + text[at++] - '0';
            }

            if (at == start || value > 255 || (at - start > 1 && text[start] == '0'))
            {
                return false;
            }

            address[part] = (byte)value;
        }

        return at == text.Length;
    }

    private static bool ParseIpv6(ReadOnlySpan<byte> text, Span<byte> address)
    {
        Span<byte> groups = stackalloc byte[MaxLength];
        int count = 0;
        int gap = -1;
        int at = 0;
        if (text.StartsWith("::"u8))
        {
            gap = 0;
            at = 2;
        }

        while (at < text.Length)
        {
            ReadOnlySpan<byte> rest = text[at..];
            int colon = rest.IndexOf((byte)':');
            ReadOnlySpan<byte> group = colon < 0 ? rest : rest[..colon];
            if (colon < 0 && group.Contains((byte)'.'))
            {
                if (count > Groups - 2 || !ParseIpv4(group, groups[(count * 2)..]))
                {
                    return false;
                }

                count += 2;
                break;
            }

            if (count == Groups || !ParseGroup(group, groups[(count * 2)..]))
            {
                return false;
            }

            count++;
            if (colon < 0)
            {
                break;
            }

            at += colon + 1;
            if (at == text.Length)
            {
                return false;
            }

            if (text[at] == ':')
            {
                if (gap >= 0)
                {
                    return false;
                }

                gap = count;
                at++;
            }
        }

        if (gap < 0 ? count != Groups : count >= Groups)
        {
            return false;
        }

        int before = gap < 0 ? Groups : gap;
        int after = count - Math.Min(before, count);
        address[..MaxLength].Clear();
        groups[..(Math.Min(before, count) * 2)].CopyTo(address);
        groups.Slice(Math.Min(before, count) * 2, after * 2).CopyTo(address[((Groups - after) * 2)..]);
        return true;
    }

    private static bool ParseGroup(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        if (text.Length is 0 or > 4)
        {
            return false;
        }

        int value = 0;
        foreach (byte digit in text)
        {
            int nibble = PercentEncoding.HexDigit(digit);
            if (nibble < 0)
            {
                return false;
            }

            value = (value << 4) | nibble;
        }

        BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)value);
        return true;
    }
}
