using System.Globalization;

namespace Atlas.Proxy.Logging;

/// <summary>Appends to a span that is large enough for the line (<see cref="LineBounds"/>).</summary>
internal ref struct LineCursor(Span<byte> destination)
{
    private readonly Span<byte> _destination = destination;

    internal int Length { get; private set; }

    internal readonly ReadOnlySpan<byte> Written => _destination[..Length];

    internal void Byte(byte value) => _destination[Length++] = value;

    internal void Bytes(ReadOnlySpan<byte> text)
    {
        text.CopyTo(_destination[Length..]);
        Length += text.Length;
    }

    internal void Number(long value)
    {
        // The destination holds every number, so this cannot fail.
        value.TryFormat(_destination[Length..], out int written, provider: CultureInfo.InvariantCulture);
        Length += written;
    }

    internal void HexPair(byte value)
    {
        ReadOnlySpan<byte> digits = "0123456789ABCDEF"u8;
        Byte(digits[value >> 4]);
        Byte(digits[value & 15]);
    }
}
