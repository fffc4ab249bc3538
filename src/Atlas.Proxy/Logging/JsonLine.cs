using System.Buffers;
using System.Text;
using Atlas.Proxy.Udp;

namespace Atlas.Proxy.Logging;

/// <summary>A record as one JSON object on a line (RFC 8259). Every key is present in every line. Bytes that are no UTF-8
/// become U+FFFD; control characters, also those of C1 and the line separators of Unicode, are written as \uXXXX, so that a
/// terminal that shows a line obeys none of them.</summary>
internal static class JsonLine
{
    private static readonly SearchValues<byte> Plain = SearchValues.Create(
        [.. Enumerable.Range(0x20, 0x5F).Select(b => (byte)b).Where(b => b is not ((byte)'"' or (byte)'\\'))]);

    /// <summary>Writes the line with its end.</summary>
    /// <param name="line">Holds <see cref="LineBounds.Of(in AccessRecord)"/>.</param>
    /// <param name="record">The record.</param>
    /// <param name="date">The record's second.</param>
    internal static void Write(ref LineCursor line, in AccessRecord record, LogDate date)
    {
        line.Bytes("{\"time\":\""u8);
        line.Bytes(date.Iso);
        Milliseconds(ref line, record.UnixMs);
        Text(ref line, "Z\",\"client_ip\":\""u8, record.ClientIp, LineBounds.ShortField);
        Number(ref line, "\",\"client_port\":"u8, record.ClientPort);
        Text(ref line, ",\"listener\":\""u8, record.Listener, LineBounds.ShortField);
        Text(ref line, "\",\"route\":\""u8, record.Route, LineBounds.ShortField);
        Text(ref line, "\",\"pool\":\""u8, record.Pool, LineBounds.ShortField);
        Text(ref line, "\",\"server\":\""u8, record.Server, LineBounds.ShortField);
        Text(ref line, "\",\"method\":\""u8, record.Method, LineBounds.ShortField);
        Text(ref line, "\",\"host\":\""u8, record.Host, LineBounds.ShortField);
        Text(ref line, "\",\"path\":\""u8, record.Path, LineBounds.LongField);
        Text(ref line, "\",\"query\":\""u8, record.Query, LineBounds.LongField);
        Text(ref line, "\",\"version\":\""u8, record.Version, LineBounds.ShortField);
        Number(ref line, "\",\"status\":"u8, record.Status);
        line.Bytes(",\"grpc_status\":\""u8);
        if (record.GrpcStatus >= 0)
        {
            line.Number(record.GrpcStatus);
        }

        line.Bytes("\",\"flag\":\""u8);
        line.Bytes(EndReasons.Flag(record.Error));
        line.Bytes("\",\"end\":\""u8);
        line.Bytes(EndReasons.Word(record.Error));
        Text(ref line, "\",\"detail\":\""u8, record.Detail, LineBounds.ShortField);
        Number(ref line, "\",\"attempts\":"u8, record.Attempts);
        Text(ref line, ",\"failed_tries\":\""u8, record.FailedTries, LineBounds.TriesField);
        line.Bytes(record.ReusedUpstream ? "\",\"reused_upstream\":true"u8 : "\",\"reused_upstream\":false"u8);
        Number(ref line, ",\"bytes_received\":"u8, record.BytesReceived);
        Number(ref line, ",\"bytes_sent\":"u8, record.BytesSent);
        Number(ref line, ",\"body_received\":"u8, record.BodyReceived);
        Number(ref line, ",\"body_sent\":"u8, record.BodySent);
        Text(ref line, ",\"request_id\":\""u8, record.RequestId, LineBounds.ShortField);
        Text(ref line, "\",\"user_agent\":\""u8, record.UserAgent, LineBounds.LongField);
        Text(ref line, "\",\"referer\":\""u8, record.Referer, LineBounds.LongField);
        Tls(ref line, record.Tls);
        Timers(ref line, record.Timers);
        line.Bytes("}}\n"u8);
    }

    /// <summary>Writes the line of a connection that was passed on unread, with its end.</summary>
    /// <param name="line">Holds <see cref="LineBounds.Of(in StreamRecord)"/>.</param>
    /// <param name="record">The record.</param>
    /// <param name="date">The record's second.</param>
    internal static void Write(ref LineCursor line, in StreamRecord record, LogDate date)
    {
        line.Bytes("{\"time\":\""u8);
        line.Bytes(date.Iso);
        Milliseconds(ref line, record.UnixMs);
        Text(ref line, "Z\",\"protocol\":\""u8, record.Protocol, LineBounds.ShortField);
        Text(ref line, "\",\"client_ip\":\""u8, record.ClientIp, LineBounds.ShortField);
        Number(ref line, "\",\"client_port\":"u8, record.ClientPort);
        Text(ref line, ",\"listener\":\""u8, record.Listener, LineBounds.ShortField);
        Text(ref line, "\",\"pool\":\""u8, record.Pool, LineBounds.ShortField);
        Text(ref line, "\",\"server\":\""u8, record.Server, LineBounds.ShortField);
        Tls(ref line, record.Tls);
        line.Bytes(",\"flag\":\""u8);
        line.Bytes(EndReasons.Flag(record.Error));
        line.Bytes("\",\"end\":\""u8);
        line.Bytes(EndReasons.Word(record.Error));
        Text(ref line, "\",\"ended_first\":\""u8, record.EndedFirst, LineBounds.ShortField);
        Text(ref line, "\",\"detail\":\""u8, record.Detail, LineBounds.ShortField);
        Number(ref line, "\",\"attempts\":"u8, record.Attempts);
        Text(ref line, ",\"failed_tries\":\""u8, record.FailedTries, LineBounds.TriesField);
        Number(ref line, "\",\"bytes_received\":"u8, record.BytesReceived);
        Number(ref line, ",\"bytes_sent\":"u8, record.BytesSent);
        Number(ref line, ",\"timers\":{\"Tw\":"u8, record.QueueMs);
        Number(ref line, ",\"Tc\":"u8, record.ConnectMs);
        Number(ref line, ",\"Tt\":"u8, record.DurationMs);
        line.Bytes("}}\n"u8);
    }

    /// <summary>Writes the line of a UDP session, with its end.</summary>
    /// <param name="line">Holds <see cref="LineBounds.Of(in UdpRecord)"/>.</param>
    /// <param name="record">The record.</param>
    /// <param name="date">The record's second.</param>
    internal static void Write(ref LineCursor line, in UdpRecord record, LogDate date)
    {
        line.Bytes("{\"time\":\""u8);
        line.Bytes(date.Iso);
        Milliseconds(ref line, record.UnixMs);
        Text(ref line, "Z\",\"protocol\":\"udp\",\"client_ip\":\""u8, record.ClientIp, LineBounds.ShortField);
        Number(ref line, "\",\"client_port\":"u8, record.ClientPort);
        Text(ref line, ",\"listener\":\""u8, record.Listener, LineBounds.ShortField);
        Text(ref line, "\",\"pool\":\""u8, record.Pool, LineBounds.ShortField);
        Text(ref line, "\",\"server\":\""u8, record.Server, LineBounds.ShortField);
        line.Bytes("\",\"end\":\""u8);
        line.Bytes(UdpWords.Of(record.End));
        Number(ref line, "\",\"attempts\":"u8, record.Attempts);
        Text(ref line, ",\"failed_tries\":\""u8, record.FailedTries, LineBounds.TriesField);
        Number(ref line, "\",\"datagrams_received\":"u8, record.DatagramsReceived);
        Number(ref line, ",\"datagrams_sent\":"u8, record.DatagramsSent);
        Number(ref line, ",\"bytes_received\":"u8, record.BytesReceived);
        Number(ref line, ",\"bytes_sent\":"u8, record.BytesSent);
        Number(ref line, ",\"timers\":{\"Tr\":"u8, record.AnswerMs);
        Number(ref line, ",\"Tt\":"u8, record.DurationMs);
        line.Bytes("}}\n"u8);
    }

    private static void Tls(ref LineCursor line, in TlsRecord tls)
    {
        Text(ref line, "\",\"tls_version\":\""u8, tls.Version, LineBounds.ShortField);
        Text(ref line, "\",\"tls_cipher\":\""u8, tls.Cipher, LineBounds.ShortField);
        Text(ref line, "\",\"sni\":\""u8, tls.ServerName, LineBounds.ShortField);
        Text(ref line, "\",\"alpn\":\""u8, tls.Protocol, LineBounds.ShortField);
        line.Bytes(tls.IsResumed ? "\",\"tls_resumed\":true"u8 : "\",\"tls_resumed\":false"u8);
        Text(ref line, ",\"client_cert_verify\":\""u8, tls.ClientVerify, LineBounds.ShortField);
        Text(ref line, "\",\"client_cert_subject\":\""u8, tls.ClientSubject, LineBounds.ShortField);
        line.Byte((byte)'"');
    }

    private static void Timers(ref LineCursor line, in AccessTimers timers)
    {
        Number(ref line, ",\"timers\":{\"Th\":"u8, timers.HandshakeMs);
        Number(ref line, ",\"Ti\":"u8, timers.IdleMs);
        Number(ref line, ",\"TR\":"u8, timers.RequestMs);
        Number(ref line, ",\"Tw\":"u8, timers.QueueMs);
        Number(ref line, ",\"Tc\":"u8, timers.ConnectMs);
        Number(ref line, ",\"Tr\":"u8, timers.ResponseMs);
        Number(ref line, ",\"Td\":"u8, timers.DataMs);
        Number(ref line, ",\"Ta\":"u8, timers.ActiveMs);
    }

    private static void Milliseconds(ref LineCursor line, long unixMs)
    {
        int ms = LogDate.MillisecondOf(unixMs);
        line.Byte((byte)'.');
        line.Byte((byte)('0' + (ms / 100)));
        line.Byte((byte)('0' + (ms / 10 % 10)));
        line.Byte((byte)('0' + (ms % 10)));
    }

    private static void Number(ref LineCursor line, ReadOnlySpan<byte> key, long value)
    {
        line.Bytes(key);
        line.Number(value);
    }

    private static void Text(ref LineCursor line, ReadOnlySpan<byte> key, ReadOnlySpan<byte> text, int limit)
    {
        line.Bytes(key);
        text = LineBounds.Cut(text, limit, out bool wasCut);
        while (true)
        {
            int plain = text.IndexOfAnyExcept(Plain);
            if (plain < 0)
            {
                line.Bytes(text);
                break;
            }

            line.Bytes(text[..plain]);
            text = text[(plain + Escape(ref line, text[plain..]))..];
        }

        if (wasCut)
        {
            line.Bytes("…"u8);
        }
    }

    /// <summary>Writes the character that a text begins with; returns its bytes in the text.</summary>
    private static int Escape(ref LineCursor line, ReadOnlySpan<byte> text)
    {
        if (text[0] is (byte)'"' or (byte)'\\')
        {
            line.Byte((byte)'\\');
            line.Byte(text[0]);
            return 1;
        }

        if (Rune.DecodeFromUtf8(text, out Rune rune, out int length) != OperationStatus.Done)
        {
            line.Bytes("\\ufffd"u8);
        }
        else if (rune.Value is < 0x20 or (>= 0x7F and < 0xA0) or 0x2028 or 0x2029)
        {
            line.Bytes("\\u"u8);
            line.HexPair((byte)(rune.Value >> 8));
            line.HexPair((byte)rune.Value);
        }
        else
        {
            line.Bytes(text[..length]);
        }

        return length;
    }
}
