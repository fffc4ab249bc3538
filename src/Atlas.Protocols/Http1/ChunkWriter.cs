using System.Numerics;

namespace Atlas.Protocols.Http1;

/// <summary>
/// The lines of the chunked coding (RFC 9112 7.1). A sender reserves <see cref="MaxSizeLine"/> bytes before its data, lets
/// the size line end where the data begins, and puts <see cref="Crlf"/> after it, so that a chunk goes out in one piece.
/// </summary>
public static class ChunkWriter
{
    /// <summary>The longest size line in bytes: 8 hexadecimal digits, enough for any span, and CRLF.</summary>
    public const int MaxSizeLine = 10;

    /// <summary>What follows the data of every chunk, and the last chunk's line or its trailers.</summary>
    public static ReadOnlySpan<byte> Crlf => "\r\n"u8;

    /// <summary>The end of a body without trailers.</summary>
    public static ReadOnlySpan<byte> LastChunk => "0\r\n\r\n"u8;

    /// <summary>The last chunk of a body with trailers: field lines and an empty line follow it.</summary>
    public static ReadOnlySpan<byte> LastChunkBeforeTrailers => "0\r\n"u8;

    /// <summary>The length in bytes of the size line for this many bytes of data.</summary>
    /// <param name="size">Bytes of data, at least 1: a chunk of 0 bytes is the end of the body.</param>
    public static int SizeLineLength(int size) => ((BitOperations.Log2((uint)size) >> 2) + 1) + 2;

    /// <summary>Writes a size line that ends with the span, for data that begins right after it.</summary>
    /// <param name="reserved">The bytes before the data, at least <see cref="MaxSizeLine"/>.</param>
    /// <param name="size">Bytes of data, at least 1.</param>
    /// <returns>The index in <paramref name="reserved"/> of the line's first byte.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The size is below 1 or the span too short.</exception>
    public static int WriteSizeLineBefore(Span<byte> reserved, int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(reserved.Length, MaxSizeLine, nameof(reserved));
        int start = reserved.Length - SizeLineLength(size);
        WriteSizeLine(reserved[start..], size);
        return start;
    }

    /// <summary>Writes a size line.</summary>
    /// <param name="destination">At least <see cref="SizeLineLength"/> bytes.</param>
    /// <param name="size">Bytes of data, at least 1.</param>
    /// <returns>The bytes written.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The size is below 1 or the span too short.</exception>
    public static int WriteSizeLine(Span<byte> destination, int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        int length = SizeLineLength(size);
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, length, nameof(destination));

        ReadOnlySpan<byte> digits = "0123456789abcdef"u8;
        int rest = size;
        for (int i = length - 3; i >= 0; i--)
        {
            destination[i] = digits[rest & 15];
            rest >>= 4;
        }

        destination[length - 2] = (byte)'\r';
        destination[length - 1] = (byte)'\n';
        return length;
    }
}
