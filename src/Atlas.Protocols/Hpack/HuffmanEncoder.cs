using System.Buffers.Binary;

namespace Atlas.Protocols.Hpack;

/// <summary>Encodes strings with the Huffman code (RFC 7541 5.2).</summary>
internal static class HuffmanEncoder
{
    /// <summary>The bytes that a string has when it is encoded.</summary>
    public static int EncodedLength(ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> lengths = HuffmanCode.Lengths;
        long bits = 0;
        foreach (byte symbol in text)
        {
            bits += lengths[symbol];
        }

        return (int)((bits + 7) / 8);
    }

    /// <summary>Encodes a string.</summary>
    /// <param name="text">The string.</param>
    /// <param name="destination">At least <see cref="EncodedLength"/> bytes.</param>
    public static void Encode(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        ReadOnlySpan<byte> lengths = HuffmanCode.Lengths;
        ReadOnlySpan<uint> codes = HuffmanCode.Codes;
        ulong bits = 0;
        int count = 0;
        int written = 0;
        foreach (byte symbol in text)
        {
            int length = lengths[symbol];
            bits = (bits << length) | codes[symbol];
            count += length;
            if (count >= 32)
            {
                count -= 32;
                BinaryPrimitives.WriteUInt32BigEndian(destination[written..], (uint)(bits >> count));
                written += 4;
            }
        }

        // What does not fill the last byte is padded with ones, the beginning of the end-of-string symbol.
        int padding = -count & 7;
        bits = (bits << padding) | ((1UL << padding) - 1);
        for (int shift = count + padding - 8; shift >= 0; shift -= 8)
        {
            destination[written++] = (byte)(bits >> shift);
        }
    }
}
