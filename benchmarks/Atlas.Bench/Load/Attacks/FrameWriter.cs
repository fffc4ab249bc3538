using System.Buffers.Binary;
using System.Text;

namespace Atlas.Bench.Load.Attacks;

/// <summary>Writes frames of HTTP/2 as they are wanted, also such that break its rules (RFC 9113 4.1).</summary>
internal sealed class FrameWriter
{
    internal const byte Data = 0;
    internal const byte Headers = 1;
    internal const byte Priority = 2;
    internal const byte ResetStream = 3;
    internal const byte Settings = 4;
    internal const byte Ping = 6;
    internal const byte WindowUpdate = 8;
    internal const byte Continuation = 9;
    internal const byte EndStream = 1;
    internal const byte EndHeaders = 4;
    private const int HeaderBytes = 9;
    private const uint CancelCode = 8;

    private readonly MemoryStream _bytes = new();

    /// <summary>A GET of the small response, as a header block without Huffman coding and without the table.</summary>
    internal static byte[] SmallGet { get; } = Get("/small?page=1");

    /// <summary>A GET of the response of 10 MiB.</summary>
    internal static byte[] LargeGet { get; } = Get("/large");

    /// <summary>A PUT of five bytes, which are not sent.</summary>
    internal static byte[] Put { get; } =
        [0x02, 3, .. "PUT"u8, 0x86, 0x04, 6, .. "/small"u8, 0x01, 16, .. "shop.example.com"u8, 0x0F, 0x0D, 1, (byte)'5'];

    /// <summary>All frames so far.</summary>
    internal byte[] ToArray() => _bytes.ToArray();

    internal FrameWriter Frame(byte type, byte flags, int stream, ReadOnlySpan<byte> payload)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        BinaryPrimitives.WriteInt32BigEndian(header, payload.Length << 8);
        header[3] = type;
        header[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(header[5..], stream);
        _bytes.Write(header);
        _bytes.Write(payload);
        return this;
    }

    /// <summary>A frame that holds one number.</summary>
    internal FrameWriter Frame(byte type, int stream, uint number)
    {
        Span<byte> payload = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(payload, number);
        return Frame(type, 0, stream, payload);
    }

    internal FrameWriter Reset(int stream) => Frame(ResetStream, stream, CancelCode);

    internal FrameWriter Setting(ushort name, uint value)
    {
        Span<byte> payload = stackalloc byte[6];
        BinaryPrimitives.WriteUInt16BigEndian(payload, name);
        BinaryPrimitives.WriteUInt32BigEndian(payload[2..], value);
        return Frame(Settings, 0, 0, payload);
    }

    private static byte[] Get(string path) =>
        [0x82, 0x86, 0x04, (byte)path.Length, .. Encoding.ASCII.GetBytes(path), 0x01, 16, .. "shop.example.com"u8];
}
