namespace Atlas.Protocols.Hpack;

/// <summary>Numbers with a prefix in the first byte (RFC 7541 5.1).</summary>
internal static class HpackInteger
{
    /// <summary>The most bytes that <see cref="Write"/> writes for what this program has to say: numbers below 2^28.</summary>
    public const int MaxLength = 5;

    // Four bytes behind the prefix hold 28 bits, more than any size or index here needs.
    private const int MaxShift = 21;

    /// <summary>Reads a number.</summary>
    /// <param name="source">The block.</param>
    /// <param name="position">The byte with the prefix; afterwards the byte behind the number.</param>
    /// <param name="prefixBits">1 to 8.</param>
    /// <param name="value">The number, 0 to 2^28 + 254.</param>
    public static HpackError Read(ReadOnlySpan<byte> source, ref int position, int prefixBits, out int value)
    {
        value = 0;
        if ((uint)position >= (uint)source.Length)
        {
            return HpackError.Truncated;
        }

        int mask = (1 << prefixBits) - 1;
        value = source[position++] & mask;
        return value < mask ? HpackError.None : ReadRest(source, ref position, ref value);
    }

    /// <summary>Writes a number.</summary>
    /// <param name="destination">At least <see cref="MaxLength"/> bytes, or as many as the number needs.</param>
    /// <param name="pattern">The bits before the prefix, in the upper part of the byte.</param>
    /// <param name="prefixBits">1 to 8.</param>
    /// <param name="value">0 or more.</param>
    /// <returns>Bytes written.</returns>
    public static int Write(Span<byte> destination, byte pattern, int prefixBits, int value)
    {
        int mask = (1 << prefixBits) - 1;
        if (value < mask)
        {
            destination[0] = (byte)(pattern | value);
            return 1;
        }

        destination[0] = (byte)(pattern | mask);
        int rest = value - mask;
        int length = 1;
        while (rest >= 128)
        {
            destination[length++] = (byte)(rest | 128);
            rest >>= 7;
        }

        destination[length++] = (byte)rest;
        return length;
    }

    private static HpackError ReadRest(ReadOnlySpan<byte> source, ref int position, ref int value)
    {
        for (int shift = 0; shift <= MaxShift; shift += 7)
        {
            if ((uint)position >= (uint)source.Length)
            {
                return HpackError.Truncated;
            }

            byte next = source[position++];
            value += (next & 127) << shift;
            if (next < 128)
            {
                return HpackError.None;
            }
        }

        return HpackError.NumberTooLarge;
    }
}
