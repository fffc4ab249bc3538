using System.Buffers.Binary;

namespace Atlas.Protocols.Hpack;

/// <summary>
/// Decodes Huffman-coded strings (RFC 7541 5.2): one look-up for the codes of up to 10 bits, which are all letters, digits and
/// most signs, quotes and parentheses among them; a walk over the lengths for the others.
/// </summary>
internal static class HuffmanDecoder
{
    private const int FastBits = 10;

    // Short codes that are taken at a time.
    private const int Batch = 3;

    // Bits that are there after each refill, unless the string ends: enough for any code, and for a batch of short ones.
    private const int LeastBits = 32;

    // Symbol and length of the code that begins these bits: symbol * 16 + length, 0 if the code is longer.
    private static readonly ushort[] Fast = CreateFast();

    /// <summary>The most bytes that this many coded ones stand for: the shortest code has 5 bits.</summary>
    public static int MaxDecodedLength(int encodedLength) => (int)((long)encodedLength * 8 / 5);

    /// <summary>Decodes a whole string.</summary>
    /// <param name="source">The coded bytes.</param>
    /// <param name="destination">Where the string goes. What does not fit is counted and left out.</param>
    /// <returns>The length of the string, or -1 if the code is invalid.</returns>
    public static int Decode(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        // The bits that were not decoded yet, at the top; below them are zeros.
        ulong bits = 0;
        int count = 0;
        int next = 0;
        int written = 0;
        ReadOnlySpan<ushort> fast = Fast;
        while (true)
        {
            if (count < LeastBits)
            {
                Refill(source, ref next, ref bits, ref count);
            }

            // So many short codes are there for sure, and room for what they stand for: most of a string.
            while (count >= Batch * FastBits && destination.Length - written >= Batch)
            {
                int before = written;
                for (int i = 0; i < Batch; i++)
                {
                    int known = fast[(int)(bits >> (64 - FastBits))];
                    if ((known & 15) == 0)
                    {
                        break;
                    }

                    destination[written++] = (byte)(known >> 4);
                    bits <<= known & 15;
                    count -= known & 15;
                }

                if (written < before + Batch)
                {
                    break;
                }
            }

            // What is not there reads as the padding would (RFC 7541 5.2): what is left of a string, below 8 bits and all ones.
            ulong window = bits | (ulong.MaxValue >> count);
            if (window == ulong.MaxValue && count < 8 && next == source.Length)
            {
                return written;
            }

            int entry = fast[(int)(window >> (64 - FastBits))];
            int length = entry & 15;
            int symbol = entry >> 4;
            if (length == 0)
            {
                symbol = Walk(window, out length);
            }

            if (length > count)
            {
                if (next < source.Length)
                {
                    continue;
                }

                return -1;
            }

            if (symbol == HuffmanCode.EndOfString)
            {
                return -1;
            }

            if ((uint)written < (uint)destination.Length)
            {
                destination[written] = (byte)symbol;
            }

            written++;
            bits <<= length;
            count -= length;
        }
    }

    private static void Refill(ReadOnlySpan<byte> source, ref int next, ref ulong bits, ref int count)
    {
        if (source.Length - next >= sizeof(uint))
        {
            bits |= (ulong)BinaryPrimitives.ReadUInt32BigEndian(source[next..]) << (32 - count);
            next += sizeof(uint);
            count += 32;
            return;
        }

        while (next < source.Length)
        {
            bits |= (ulong)source[next++] << (56 - count);
            count += 8;
        }
    }

    private static int Walk(ulong window, out int length)
    {
        for (length = FastBits + 1; length < HuffmanCode.MaxBits; length++)
        {
            uint code = (uint)(window >> (64 - length));
            if (code < HuffmanCode.EndCode[length])
            {
                break;
            }
        }

        uint offset = (uint)(window >> (64 - length)) - HuffmanCode.FirstCode[length];
        return HuffmanCode.Symbols[HuffmanCode.FirstPosition[length] + (int)offset];
    }

    private static ushort[] CreateFast()
    {
        ushort[] fast = new ushort[1 << FastBits];
        for (int symbol = 0; symbol < 256; symbol++)
        {
            int length = HuffmanCode.Lengths[symbol];
            if (length <= FastBits)
            {
                int first = (int)HuffmanCode.Codes[symbol] << (FastBits - length);
                fast.AsSpan(first, 1 << (FastBits - length)).Fill((ushort)((symbol << 4) | length));
            }
        }

        return fast;
    }
}
