using System.Buffers.Binary;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Protocols.Http2;
using Atlas.Simulation;

namespace Atlas.Proxy.Tests.Http2;

/// <summary>What a client of HTTP/2 sends, byte by byte, and what it finds in what it gets.</summary>
internal static class ClientFrames
{
    /// <summary>The preface, and SETTINGS that say nothing.</summary>
    internal static byte[] Opening => [.. Http2Connection.Preface, 0, 0, 0, 4, 0, 0, 0, 0, 0];

    /// <summary>HEADERS that end head and stream: :method GET, :scheme http, :path /, :authority a (RFC 7541 6.1, 6.2.2).</summary>
    internal static byte[] Get(int id) => Of(id, 0, 0, 6, 1, 5, 0, 0, 0, 0, 0x82, 0x86, 0x84, 0x01, 1, (byte)'a');

    /// <summary>RST_STREAM with CANCEL.</summary>
    internal static byte[] Reset(int id) => Of(id, 0, 0, 4, 3, 0, 0, 0, 0, 0, 0, 0, 0, 8);

    /// <summary>A frame whose stream is filled in.</summary>
    internal static byte[] Of(int id, params byte[] frame)
    {
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), id);
        return frame;
    }

    /// <summary>Receives to the end.</summary>
    /// <returns>Why the other side went away; null: it did not say.</returns>
    internal static async ResultFlow<Http2ErrorCode?> GoneAwayAsync(ByteStream client)
    {
        var all = new List<byte>();
        byte[] piece = new byte[1024];
        int received;
        while ((received = await client.ReceiveSomeAsync(piece)) > 0)
        {
            all.AddRange(piece.AsSpan(0, received));
        }

        Http2ErrorCode? gone = null;
        byte[] bytes = [.. all];
        for (int at = 0; at + Http2FrameHeader.Size <= bytes.Length;)
        {
            Http2FrameHeader header = Http2FrameHeader.Read(bytes.AsSpan(at));
            at += Http2FrameHeader.Size;
            if (header.Type == Http2FrameType.GoAway)
            {
                gone = (Http2ErrorCode)BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at + 4));
            }

            at += header.Length;
        }

        return gone;
    }
}
