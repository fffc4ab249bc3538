using System.Buffers.Text;
using Atlas.Protocols.Http;

namespace Atlas.Protocols.ProxyProtocol;

/// <summary>
/// Writes the header that opens a connection to a server (PROXY protocol, versions 1 and 2). Each method returns the bytes
/// written, or 0 if the destination is too short or the header would be longer than readers need to take; what is in the
/// destination is then no header. Where client and destination have different families, both are written as IPv6, the IPv4
/// one mapped (RFC 4291 2.5.5.2). Nothing is allocated.
/// </summary>
public static class ProxyHeaderWriter
{
    /// <summary>The longest header of version 1 in bytes; also enough for any of version 2 without TLVs and paths.</summary>
    public const int MaxTextLength = TextHeaderReader.MaxLength;

    /// <summary>The longest header in bytes that is written: what every reader of version 2 takes (PROXY protocol 2.2).</summary>
    public const int MaxLength = 536;

    /// <summary>Writes version 1 for TCP; <c>UNKNOWN</c> if one of the ends has no IP address.</summary>
    public static int WriteV1(Span<byte> destination, in ProxyEndpoint client, in ProxyEndpoint server)
    {
        if (client.IsEmpty || server.IsEmpty)
        {
            return WriteV1Unknown(destination);
        }

        bool isIpv6 = client.Ip.Length == 16 || server.Ip.Length == 16;
        Span<byte> ip = stackalloc byte[IpAddressText.MaxLength];
        Span<byte> line = stackalloc byte[MaxTextLength];
        int at = Append(line, 0, isIpv6 ? "PROXY TCP6 "u8 : "PROXY TCP4 "u8);
        at += IpAddressFormat.Write(AsFamily(client, isIpv6, ip), line[at..]);
        at = Append(line, at, " "u8);
        at += IpAddressFormat.Write(AsFamily(server, isIpv6, ip), line[at..]);
        at = Append(line, at, " "u8);
        at = Append(line, at, client.Port);
        at = Append(line, at, " "u8);
        at = Append(line, at, server.Port);
        at = Append(line, at, "\r\n"u8);
        return line[..at].TryCopyTo(destination) ? at : 0;
    }

    /// <summary>Writes version 1 for a connection of the proxy's own, such as a health check.</summary>
    public static int WriteV1Unknown(Span<byte> destination)
    {
        ReadOnlySpan<byte> line = "PROXY UNKNOWN\r\n"u8;
        return line.TryCopyTo(destination) ? line.Length : 0;
    }

    /// <summary>Writes version 2 for TCP or UDP; without addresses (UNSPEC) if one of the ends has no IP address.</summary>
    /// <param name="destination">Where it goes.</param>
    /// <param name="transport">How the client speaks to this proxy.</param>
    /// <param name="client">The client.</param>
    /// <param name="server">What the client connected to.</param>
    /// <param name="tlvs">What else is to be said; of an UNSPEC header nobody reads them.</param>
    public static int WriteV2(
        Span<byte> destination,
        ProxyTransport transport,
        in ProxyEndpoint client,
        in ProxyEndpoint server,
        in ProxyOutgoingTlvs tlvs = default)
    {
        var writer = new BinaryHeaderWriter(destination);
        if (client.IsEmpty || server.IsEmpty || transport == ProxyTransport.Unspecified)
        {
            writer.Begin(BinaryHeaderReader.Proxy, BinaryHeaderReader.Unspecified);
            return writer.End(tlvs);
        }

        bool isIpv6 = client.Ip.Length == 16 || server.Ip.Length == 16;
        Span<byte> ip = stackalloc byte[IpAddressText.MaxLength];
        writer.Begin(BinaryHeaderReader.Proxy, FamilyAndTransport(isIpv6 ? ProxyFamily.Ipv6 : ProxyFamily.Ipv4, transport));
        writer.Append(AsFamily(client, isIpv6, ip));
        writer.Append(AsFamily(server, isIpv6, ip));
        writer.Append(client.Port);
        writer.Append(server.Port);
        return writer.End(tlvs);
    }

    /// <summary>Writes version 2 for a client on a unix socket.</summary>
    /// <param name="destination">Where it goes.</param>
    /// <param name="transport">Stream or datagram.</param>
    /// <param name="clientPath">The path of the client's socket, at most 108 bytes; mostly empty.</param>
    /// <param name="serverPath">The path that it connected to, at most 108 bytes.</param>
    /// <param name="tlvs">What else is to be said.</param>
    public static int WriteV2Unix(
        Span<byte> destination,
        ProxyTransport transport,
        ReadOnlySpan<byte> clientPath,
        ReadOnlySpan<byte> serverPath,
        in ProxyOutgoingTlvs tlvs = default)
    {
        var writer = new BinaryHeaderWriter(destination);
        writer.Begin(BinaryHeaderReader.Proxy, FamilyAndTransport(ProxyFamily.Unix, transport));
        writer.AppendPadded(clientPath, BinaryHeaderReader.PathLength);
        writer.AppendPadded(serverPath, BinaryHeaderReader.PathLength);
        return writer.End(tlvs);
    }

    /// <summary>Writes version 2 for a connection of the proxy's own, such as a health check.</summary>
    public static int WriteV2Local(Span<byte> destination)
    {
        var writer = new BinaryHeaderWriter(destination);
        writer.Begin(BinaryHeaderReader.Local, BinaryHeaderReader.Unspecified);
        return writer.End(default);
    }

    private static byte FamilyAndTransport(ProxyFamily family, ProxyTransport transport) =>
        (byte)(((int)family << 4) | (int)transport);

    // The address itself, or the IPv6 one that stands for it, which then lies in the scratch.
    private static ReadOnlySpan<byte> AsFamily(in ProxyEndpoint endpoint, bool isIpv6, Span<byte> scratch)
    {
        scratch.Clear();
        if (!isIpv6 || endpoint.Ip.Length == 16)
        {
            endpoint.Ip.CopyTo(scratch);
            return scratch[..endpoint.Ip.Length];
        }

        scratch[10] = 0xff;
        scratch[11] = 0xff;
        endpoint.Ip.CopyTo(scratch[12..]);
        return scratch;
    }

    private static int Append(Span<byte> line, int at, ReadOnlySpan<byte> text)
    {
        text.CopyTo(line[at..]);
        return at + text.Length;
    }

    private static int Append(Span<byte> line, int at, ushort number)
    {
        Utf8Formatter.TryFormat(number, line[at..], out int length);
        return at + length;
    }
}
