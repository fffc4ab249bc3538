using Atlas.Protocols.Hpack;
using Atlas.Protocols.Http;

namespace Atlas.Protocols.Http2;

/// <summary>
/// Writes heads and trailers of HTTP/1.1 as header blocks (RFC 9113 8.2 and 8.3). Fields of HTTP/1.1's connections are left
/// out. The text is of this program's making, so that nothing in it is checked again.
/// </summary>
internal static class HeadBlockWriter
{
    // A request line holds ":method GET", ":scheme https" and ":path /" in fewer bytes than three fields may take.
    private const int StartLineBytes = 32;

    /// <summary>The most bytes that the block of a text takes.</summary>
    public static long MaxLength(int textLength) => StartLineBytes + HpackEncoder.MaxBlockLength(textLength);

    /// <summary>Writes the head of a request.</summary>
    /// <param name="encoder">The connection's.</param>
    /// <param name="text">The head: a request line in origin or asterisk form, fields, an empty line.</param>
    /// <param name="isTls">What <c>:scheme</c> says.</param>
    /// <param name="isTunnel">Whether the upgrade that it asks for goes as extended CONNECT (RFC 8441 5).</param>
    /// <param name="destination">As long as <see cref="MaxLength"/> says.</param>
    /// <param name="isHead">Whether the method is HEAD.</param>
    /// <returns>Bytes written.</returns>
    public static int WriteRequest(
        HpackEncoder encoder, ReadOnlySpan<byte> text, bool isTls, bool isTunnel, Span<byte> destination, out bool isHead)
    {
        HeadLines lines = new(text);
        ReadOnlySpan<byte> line = lines.StartLine();
        int methodEnd = line.IndexOf((byte)' ');
        int targetEnd = line.LastIndexOf((byte)' ');
        ReadOnlySpan<byte> method = line[..methodEnd];
        isHead = method.SequenceEqual("HEAD"u8);

        int length = encoder.BeginBlock(destination);
        length += encoder.WritePseudo(HpackStaticTable.Method, isTunnel ? "CONNECT"u8 : method, destination[length..]);
        length += encoder.WritePseudo(HpackStaticTable.Scheme, isTls ? "https"u8 : "http"u8, destination[length..]);
        length += encoder.WritePseudo(HpackStaticTable.Path, line[(methodEnd + 1)..targetEnd], destination[length..]);
        if (Find(lines, KnownHeader.Host, out ReadOnlySpan<byte> host) && !host.IsEmpty)
        {
            length += encoder.WritePseudo(HpackStaticTable.Authority, host, destination[length..]);
        }

        if (isTunnel && Find(lines, KnownHeader.Upgrade, out ReadOnlySpan<byte> protocol))
        {
            length += encoder.WriteProtocol(protocol, destination[length..]);
        }

        while (lines.MoveNext())
        {
            KnownHeader known = HeaderNames.Recognize(lines.Name);
            if (IsOfConnection(known)
                || known == KnownHeader.Host
                || (known == KnownHeader.Te && !lines.Value.SequenceEqual("trailers"u8))
                || (isTunnel && known == KnownHeader.SecWebSocketKey))
            {
                continue;
            }

            length += encoder.Write(known, lines.Name, lines.Value, destination[length..]);
        }

        return length;
    }

    /// <summary>Writes the head of a response.</summary>
    /// <param name="encoder">The connection's.</param>
    /// <param name="text">The head: a status line, fields, an empty line.</param>
    /// <param name="isTunnel">Whether it answers an extended CONNECT: 101 becomes 200 (RFC 8441 5).</param>
    /// <param name="destination">As long as <see cref="MaxLength"/> says.</param>
    /// <param name="isInterim">Whether another head follows.</param>
    /// <returns>Bytes written.</returns>
    public static int WriteResponse(
        HpackEncoder encoder, ReadOnlySpan<byte> text, bool isTunnel, Span<byte> destination, out bool isInterim)
    {
        HeadLines lines = new(text);
        ReadOnlySpan<byte> status = lines.StartLine().Slice("HTTP/1.1 "u8.Length, 3);
        bool isSwitch = status.SequenceEqual("101"u8);
        if (isSwitch && !isTunnel)
        {
            throw new ArgumentException("HTTP/2 has no status 101 (RFC 9113 8.6): answer the request otherwise.");
        }

        isInterim = status[0] == '1' && !isSwitch;
        int length = encoder.BeginBlock(destination);
        length += encoder.WritePseudo(HpackStaticTable.Status, isSwitch ? "200"u8 : status, destination[length..]);
        while (lines.MoveNext())
        {
            KnownHeader known = HeaderNames.Recognize(lines.Name);
            if (IsOfConnection(known)
                || known == KnownHeader.Te
                || (isSwitch && known is KnownHeader.SecWebSocketAccept or KnownHeader.ContentLength))
            {
                continue;
            }

            length += encoder.Write(known, lines.Name, lines.Value, destination[length..]);
        }

        return length;
    }

    /// <summary>Writes trailers.</summary>
    /// <param name="encoder">The connection's.</param>
    /// <param name="text">Fields and an empty line.</param>
    /// <param name="destination">As long as <see cref="MaxLength"/> says.</param>
    /// <returns>Bytes written.</returns>
    public static int WriteTrailers(HpackEncoder encoder, ReadOnlySpan<byte> text, Span<byte> destination)
    {
        HeadLines lines = new(text);
        int length = encoder.BeginBlock(destination);
        while (lines.MoveNext())
        {
            KnownHeader known = HeaderNames.Recognize(lines.Name);
            if (!IsOfConnection(known) && known != KnownHeader.Te)
            {
                length += encoder.Write(known, lines.Name, lines.Value, destination[length..]);
            }
        }

        return length;
    }

    private static bool IsOfConnection(KnownHeader known)
    {
        switch (known)
        {
            case KnownHeader.Connection:
            case KnownHeader.KeepAlive:
            case KnownHeader.ProxyConnection:
            case KnownHeader.TransferEncoding:
            case KnownHeader.Upgrade:
            case KnownHeader.Http2Settings:
                return true;
            default:
                return false;
        }
    }

    private static bool Find(HeadLines lines, KnownHeader known, out ReadOnlySpan<byte> value)
    {
        while (lines.MoveNext())
        {
            if (HeaderNames.Recognize(lines.Name) == known)
            {
                value = lines.Value;
                return true;
            }
        }

        value = default;
        return false;
    }
}
