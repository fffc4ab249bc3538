namespace Atlas.Protocols.Http;

/// <summary>Percent-encoded bytes (RFC 3986 2.1).</summary>
internal static class PercentEncoding
{
    /// <summary>Whether a <c>%</c> and two hexadecimal digits stand at this place and do not encode NUL.</summary>
    public static bool IsValidAt(ReadOnlySpan<byte> text, int index) =>
        index + 2 < text.Length && text[index] == '%' && ByteOf(text[index + 1], text[index + 2]) > 0;

    /// <summary>The byte that two hexadecimal digits encode; -1 if one of them is none.</summary>
    public static int ByteOf(byte high, byte low) =>
        char.IsAsciiHexDigit((char)high) && char.IsAsciiHexDigit((char)low)
            ? (HexDigit(high) << 4) | HexDigit(low)
            : -1;

    /// <summary>The value of a hexadecimal digit; -1 if it is none.</summary>
    public static int HexDigit(byte digit)
    {
        int number = digit - '0';
        if ((uint)number <= 9)
        {
            return number;
        }

        int letter = (digit | 0x20) - 'a';
        return (uint)letter <= 5 ? letter + 10 : -1;
    }
}
