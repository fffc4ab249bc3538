using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Atlas.Protocols.Http2;

/// <summary>What every frame begins with (RFC 9113 4.1).</summary>
/// <param name="Length">Bytes of the payload, 0 to 2^24 - 1.</param>
/// <param name="Type">The type; may be one that is not known.</param>
/// <param name="Flags">The flags.</param>
/// <param name="StreamId">The stream, 0 for the connection.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Http2FrameHeader(int Length, Http2FrameType Type, Http2FrameFlags Flags, int StreamId)
{
    /// <summary>Bytes that it has.</summary>
    public const int Size = 9;

    /// <summary>Whether a flag is set.</summary>
    public bool Has(Http2FrameFlags flag) => (Flags & flag) != 0;

    /// <summary>Reads it. The reserved bit before the stream is ignored.</summary>
    /// <param name="source">At least <see cref="Size"/> bytes.</param>
    public static Http2FrameHeader Read(ReadOnlySpan<byte> source) => new(
        (source[0] << 16) | BinaryPrimitives.ReadUInt16BigEndian(source[1..]),
        (Http2FrameType)source[3],
        (Http2FrameFlags)source[4],
        (int)(BinaryPrimitives.ReadUInt32BigEndian(source[5..]) & int.MaxValue));

    /// <summary>Writes it.</summary>
    /// <param name="destination">At least <see cref="Size"/> bytes.</param>
    public void Write(Span<byte> destination)
    {
        destination[0] = (byte)(Length >> 16);
        BinaryPrimitives.WriteUInt16BigEndian(destination[1..], (ushort)Length);
        destination[3] = (byte)Type;
        destination[4] = (byte)Flags;
        BinaryPrimitives.WriteUInt32BigEndian(destination[5..], (uint)StreamId);
    }
}
