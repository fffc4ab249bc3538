using System.Buffers.Binary;
using Atlas.Protocols.Http2;
using Atlas.Protocols.Tests.Hpack;

namespace Atlas.Protocols.Tests.Http2;

/// <summary>Frames as bytes, and bytes as the frames that they are.</summary>
internal static class Frames
{
    public const Http2FrameFlags End = Http2FrameFlags.EndStream;
    public const Http2FrameFlags EndHeaders = Http2FrameFlags.EndHeaders;
    public const Http2FrameFlags Padded = Http2FrameFlags.Padded;

    /// <summary>The usual request: GET https://a/.</summary>
    public static byte[] Get => Block((":method", "GET"), (":scheme", "https"), (":path", "/"), (":authority", "a"));

    public static byte[] Post => Block((":method", "POST"), (":scheme", "https"), (":path", "/"), (":authority", "a"));

    /// <summary>The usual response.</summary>
    public static byte[] Ok => Block((":status", "200"));

    public static byte[] Of(Http2FrameType type, Http2FrameFlags flags, int stream, params byte[] payload) =>
        Of(type, flags, stream, payload.Length, payload);

    /// <summary>A frame that says another length than it has.</summary>
    public static byte[] Of(Http2FrameType type, Http2FrameFlags flags, int stream, int length, byte[] payload)
    {
        byte[] frame = new byte[Http2FrameHeader.Size + payload.Length];
        new Http2FrameHeader(length, type, flags, stream).Write(frame);
        payload.CopyTo(frame, Http2FrameHeader.Size);
        return frame;
    }

    /// <summary>A header block that needs no table: literals only.</summary>
    public static byte[] Block(params (string Name, string Value)[] fields) =>
        [.. fields.SelectMany(x => Blocks.Literal(x.Name, x.Value))];

    public static byte[] Headers(int stream, byte[] block, Http2FrameFlags flags = End | EndHeaders) =>
        Of(Http2FrameType.Headers, flags, stream, block);

    public static byte[] Continuation(int stream, byte[] block, Http2FrameFlags flags = EndHeaders) =>
        Of(Http2FrameType.Continuation, flags, stream, block);

    public static byte[] Data(int stream, string content, Http2FrameFlags flags = End) =>
        Of(Http2FrameType.Data, flags, stream, Bytes.Of(content));

    public static byte[] Number(uint number)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return bytes;
    }

    public static byte[] WindowUpdate(int stream, uint increment) => Of(Http2FrameType.WindowUpdate, 0, stream, Number(increment));

    public static byte[] Reset(int stream, Http2ErrorCode code = Http2ErrorCode.Cancel) =>
        Of(Http2FrameType.ResetStream, 0, stream, Number((uint)code));

    public static byte[] Priority(int stream, uint dependency) =>
        Of(Http2FrameType.Priority, 0, stream, [.. Number(dependency), 15]);

    public static byte[] Ping(Http2FrameFlags flags = 0) => Of(Http2FrameType.Ping, flags, 0, 1, 2, 3, 4, 5, 6, 7, 8);

    public static byte[] GoAway(int last, Http2ErrorCode code = Http2ErrorCode.NoError, string text = "") =>
        Of(Http2FrameType.GoAway, 0, 0, [.. Number((uint)last), .. Number((uint)code), .. Bytes.Of(text)]);

    public static byte[] Settings(params (int Setting, uint Value)[] settings) =>
        Of(Http2FrameType.Settings, 0, 0, [.. settings.SelectMany(x => new byte[] { (byte)(x.Setting >> 8), (byte)x.Setting }.Concat(Number(x.Value)))]);

    public static byte[] SettingsAck => Of(Http2FrameType.Settings, Http2FrameFlags.Ack, 0);

    public static byte[] Join(params byte[][] frames) => [.. frames.SelectMany(x => x)];

    /// <summary>The frames in these bytes; whole ones only.</summary>
    public static List<(Http2FrameHeader Header, byte[] Payload)> Parse(ReadOnlySpan<byte> bytes)
    {
        List<(Http2FrameHeader, byte[])> frames = [];
        if (bytes.StartsWith(Http2Connection.Preface))
        {
            bytes = bytes[Http2Connection.Preface.Length..];
        }

        while (!bytes.IsEmpty)
        {
            Http2FrameHeader header = Http2FrameHeader.Read(bytes);
            frames.Add((header, bytes.Slice(Http2FrameHeader.Size, header.Length).ToArray()));
            bytes = bytes[(Http2FrameHeader.Size + header.Length)..];
        }

        return frames;
    }

    /// <summary>What these bytes say, a word or two for each frame.</summary>
    public static string Describe(ReadOnlySpan<byte> bytes) => string.Join(" | ", Parse(bytes).Select(Describe));

    private static string Describe((Http2FrameHeader Header, byte[] Payload) frame)
    {
        (Http2FrameHeader header, byte[] payload) = frame;
        string end = header.Has(End) ? " end" : "";
        string ack = header.Has(Http2FrameFlags.Ack) ? " ack" : "";
        return header.Type switch
        {
            Http2FrameType.Data => $"DATA {header.StreamId} {header.Length}{end}",
            Http2FrameType.Headers => $"HEADERS {header.StreamId}{end}",
            Http2FrameType.Continuation => $"CONTINUATION {header.StreamId}",
            Http2FrameType.ResetStream => $"RST_STREAM {header.StreamId} {(Http2ErrorCode)Read(payload)}",
            Http2FrameType.Settings => $"SETTINGS{ack}",
            Http2FrameType.Ping => $"PING{ack}",
            Http2FrameType.GoAway => $"GOAWAY {Read(payload)} {(Http2ErrorCode)Read(payload[4..])}",
            Http2FrameType.WindowUpdate => $"WINDOW_UPDATE {header.StreamId} {Read(payload)}",
            _ => header.Type.ToString(),
        };
    }

    private static uint Read(ReadOnlySpan<byte> payload) => BinaryPrimitives.ReadUInt32BigEndian(payload);
}
