using Atlas.Engine.Streams;
using Atlas.Protocols.Http2;

namespace Atlas.Proxy.Connections;

/// <summary>What a client is told that has come without TLS to a port that has it, as well as it can be told.</summary>
internal static class PlainTextAnswer
{
    private static readonly byte[] Http2 = MakeHttp2();

    private static ReadOnlySpan<byte> Head =>
        "HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain\r\ncontent-length: 49\r\nconnection: close\r\n\r\n"u8;

    private static ReadOnlySpan<byte> Text => "This port speaks HTTPS: use https:// to reach it\n"u8;

    /// <summary>Sends it. The caller closes the connection.</summary>
    /// <returns>Bytes sent; negative: none could be.</returns>
    internal static int TrySend(ByteStream client, bool isHttp2) => isHttp2 ? client.TrySend(Http2) : client.TrySend(Head, Text);

    // What the client sent is not read: its first flight has its SETTINGS and, since it waits for nothing before its first request,
    // that on stream 1 (RFC 9113 3.4). Where it does not, the answer is an error to it, as no answer would be.
    private static byte[] MakeHttp2()
    {
        // RFC 7541 6.1 and 6.2.2: 12 is ":status: 400", 31 is content-type and 28 is content-length.
        byte[] block = [0x80 | 12, 0x0F, 31 - 15, 10, .. "text/plain"u8, 0x0F, 28 - 15, 2, .. "49"u8];
        byte[] goAway = [0, 0, 0, 1, 0, 0, 0, (byte)Http2ErrorCode.NoError];
        return
        [
            .. Frame(Http2FrameType.Settings, Http2FrameFlags.None, 0, []),
            .. Frame(Http2FrameType.Settings, Http2FrameFlags.Ack, 0, []),
            .. Frame(Http2FrameType.Headers, Http2FrameFlags.EndHeaders, 1, block),
            .. Frame(Http2FrameType.Data, Http2FrameFlags.EndStream, 1, Text),
            .. Frame(Http2FrameType.GoAway, Http2FrameFlags.None, 0, goAway),
        ];
    }

    private static byte[] Frame(Http2FrameType type, Http2FrameFlags flags, int stream, ReadOnlySpan<byte> payload)
    {
        byte[] frame = new byte[Http2FrameHeader.Size + payload.Length];
        new Http2FrameHeader(payload.Length, type, flags, stream).Write(frame);
        payload.CopyTo(frame.AsSpan(Http2FrameHeader.Size));
        return frame;
    }
}
