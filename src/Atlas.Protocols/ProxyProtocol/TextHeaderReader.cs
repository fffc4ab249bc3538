using Atlas.Protocols.Http;

namespace Atlas.Protocols.ProxyProtocol;

/// <summary>Reads version 1, a line of text (PROXY protocol 2.1).</summary>
internal static class TextHeaderReader
{
    /// <summary>The longest line with its CRLF in bytes (PROXY protocol 2.1).</summary>
    internal const int MaxLength = 107;

    private const int Fields = 4;

    private static ReadOnlySpan<byte> Prefix => "PROXY "u8;

    /// <summary>Reads a line as soon as its LF is there.</summary>
    /// <returns>The length of the header, or 0 without an error if more bytes are needed.</returns>
    internal static int Read(ReadOnlySpan<byte> bytes, out ProxyHeader header, out ProxyHeaderError error)
    {
        header = default;
        error = ProxyHeaderError.None;
        int compared = Math.Min(bytes.Length, Prefix.Length);
        if (!bytes[..compared].SequenceEqual(Prefix[..compared]))
        {
            error = ProxyHeaderError.NotProxyHeader;
            return 0;
        }

        ReadOnlySpan<byte> window = bytes[..Math.Min(bytes.Length, MaxLength)];
        int end = window.IndexOf((byte)'\n');
        if (end < 0)
        {
            error = window.Length == MaxLength ? ProxyHeaderError.TooLong : ProxyHeaderError.None;
            return 0;
        }

        if (window.IndexOf((byte)'\r') != end - 1)
        {
            error = ProxyHeaderError.InvalidLineEnd;
            return 0;
        }

        error = ReadLine(window[Prefix.Length..(end - 1)], end + 1, out header);
        return end + 1;
    }

    private static ProxyHeaderError ReadLine(ReadOnlySpan<byte> line, int length, out ProxyHeader header)
    {
        header = new ProxyHeader { Version = 1, Length = length };
        int space = line.IndexOf((byte)' ');
        ReadOnlySpan<byte> protocol = space < 0 ? line : line[..space];
        if (protocol.SequenceEqual("UNKNOWN"u8))
        {
            // Whatever follows is to be ignored.
            return ProxyHeaderError.None;
        }

        bool isIpv6 = protocol.SequenceEqual("TCP6"u8);
        if (!isIpv6 && !protocol.SequenceEqual("TCP4"u8))
        {
            return ProxyHeaderError.UnknownProtocol;
        }

        ReadOnlySpan<byte> fields = space < 0 ? default : line[(space + 1)..];
        if (fields.Count((byte)' ') != Fields - 1)
        {
            return ProxyHeaderError.InvalidFieldCount;
        }

        Span<byte> source = stackalloc byte[IpAddressText.MaxLength];
        Span<byte> destination = stackalloc byte[IpAddressText.MaxLength];
        int expected = isIpv6 ? 16 : 4;
        if (IpAddressText.Parse(Next(ref fields), source) != expected
            || IpAddressText.Parse(Next(ref fields), destination) != expected)
        {
            return ProxyHeaderError.InvalidAddress;
        }

        int sourcePort = ReadPort(Next(ref fields));
        int destinationPort = ReadPort(fields);
        if (sourcePort < 0 || destinationPort < 0)
        {
            return ProxyHeaderError.InvalidPort;
        }

        header = new ProxyHeader
        {
            Version = 1,
            Length = length,
            Family = isIpv6 ? ProxyFamily.Ipv6 : ProxyFamily.Ipv4,
            Transport = ProxyTransport.Stream,
            Source = new ProxyEndpoint(source[..expected], (ushort)sourcePort),
            Destination = new ProxyEndpoint(destination[..expected], (ushort)destinationPort),
        };
        return ProxyHeaderError.None;
    }

    private static ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> fields)
    {
        int space = fields.IndexOf((byte)' ');
        ReadOnlySpan<byte> field = fields[..space];
        fields = fields[(space + 1)..];
        return field;
    }

    private static int ReadPort(ReadOnlySpan<byte> text)
    {
        if (text.Length is 0 or > 5 || (text[0] == '0' && text.Length > 1))
        {
            return -1;
        }

        int port = 0;
        foreach (byte digit in text)
        {
            if (!char.IsAsciiDigit((char)digit))
            {
                return -1;
            }

            port = (port * 10) + digit - '0';
        }

        return port <= ushort.MaxValue ? port : -1;
    }
}
