using System.Buffers.Binary;
using Atlas.Protocols.Http;

namespace Atlas.Protocols.ProxyProtocol;

/// <summary>Reads version 2, the binary one (PROXY protocol 2.2).</summary>
internal static class BinaryHeaderReader
{
    /// <summary>Bytes before the addresses: signature, version and command, family and transport, length.</summary>
    internal const int FixedLength = 16;

    /// <summary>Bytes of the path of a unix socket.</summary>
    internal const int PathLength = 108;

    internal const byte Local = 0x20;
    internal const byte Proxy = 0x21;
    internal const byte Unspecified = 0x00;

    internal static ReadOnlySpan<byte> Signature => "\r\n\r\n\0\r\nQUIT\n"u8;

    /// <summary>Checks the fixed part as far as it is there, and reads the rest as soon as all of it is.</summary>
    /// <returns>The length of the header, or 0 without an error if more bytes are needed.</returns>
    internal static int Read(ReadOnlySpan<byte> bytes, out ProxyHeader header, out ProxyHeaderError error)
    {
        header = default;
        error = CheckFixed(bytes);
        if (error != ProxyHeaderError.None || bytes.Length < FixedLength)
        {
            return 0;
        }

        int length = FixedLength + BinaryPrimitives.ReadUInt16BigEndian(bytes[14..]);
        if (bytes.Length < length)
        {
            return 0;
        }

        bool isLocal = bytes[12] == Local;
        if (isLocal || bytes[13] == Unspecified)
        {
            // What such a header holds besides is to be ignored, of whatever form it is.
            header = new ProxyHeader { Version = 2, Length = length, IsLocal = isLocal };
            return length;
        }

        error = ProxyTlvReader.Read(bytes[..length], FixedLength + AddressLength(bytes[13]), out ProxyTlvs tlvs);
        header = (bytes[13] >> 4) == (int)ProxyFamily.Unix ? OfPaths(bytes, length, tlvs) : OfEndpoints(bytes, length, tlvs);
        return length;
    }

    private static ProxyHeaderError CheckFixed(ReadOnlySpan<byte> bytes)
    {
        int compared = Math.Min(bytes.Length, Signature.Length);
        if (!bytes[..compared].SequenceEqual(Signature[..compared]))
        {
            return ProxyHeaderError.NotProxyHeader;
        }

        if (bytes.Length > 12 && bytes[12] is not Local and not Proxy)
        {
            return bytes[12] >> 4 == 2 ? ProxyHeaderError.UnknownCommand : ProxyHeaderError.UnknownVersion;
        }

        if (bytes.Length > 13 && bytes[12] == Proxy && AddressLength(bytes[13]) < 0)
        {
            return ProxyHeaderError.UnknownFamily;
        }

        if (bytes.Length < FixedLength)
        {
            return ProxyHeaderError.None;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[14..]);
        if (FixedLength + length > ProxyHeaderReader.MaxLength)
        {
            return ProxyHeaderError.TooLong;
        }

        return bytes[12] == Proxy && length < AddressLength(bytes[13]) ? ProxyHeaderError.TooShort : ProxyHeaderError.None;
    }

    // The seven pairs of family and transport that exist; any other is negative.
    private static int AddressLength(byte familyAndTransport) => familyAndTransport switch
    {
        Unspecified => 0,
        0x11 or 0x12 => 2 * (4 + 2),
        0x21 or 0x22 => 2 * (16 + 2),
        0x31 or 0x32 => 2 * PathLength,
        _ => -1,
    };

    private static ProxyHeader OfEndpoints(ReadOnlySpan<byte> bytes, int length, in ProxyTlvs tlvs)
    {
        var family = (ProxyFamily)(bytes[13] >> 4);
        int ip = family == ProxyFamily.Ipv4 ? 4 : 16;
        ReadOnlySpan<byte> addresses = bytes[FixedLength..];
        ReadOnlySpan<byte> ports = addresses[(2 * ip)..];
        return new ProxyHeader
        {
            Version = 2,
            Length = length,
            Family = family,
            Transport = (ProxyTransport)(bytes[13] & 0xF),
            Source = new ProxyEndpoint(addresses[..ip], BinaryPrimitives.ReadUInt16BigEndian(ports)),
            Destination = new ProxyEndpoint(addresses.Slice(ip, ip), BinaryPrimitives.ReadUInt16BigEndian(ports[2..])),
            Tlvs = tlvs,
        };
    }

    private static ProxyHeader OfPaths(ReadOnlySpan<byte> bytes, int length, in ProxyTlvs tlvs) => new()
    {
        Version = 2,
        Length = length,
        Family = ProxyFamily.Unix,
        Transport = (ProxyTransport)(bytes[13] & 0xF),
        SourcePath = PathAt(bytes, FixedLength),
        DestinationPath = PathAt(bytes, FixedLength + PathLength),
        Tlvs = tlvs,
    };

    private static Slice PathAt(ReadOnlySpan<byte> bytes, int start)
    {
        int end = bytes.Slice(start, PathLength).IndexOf((byte)0);
        return new Slice(start, end < 0 ? PathLength : end);
    }
}
