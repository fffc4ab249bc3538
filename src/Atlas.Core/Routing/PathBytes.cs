namespace Atlas.Core.Routing;

/// <summary>Percent-encoded bytes (RFC 3986 2.1) and the segments of a path.</summary>
internal static class PathBytes
{
    /// <summary>The byte that a text encodes which begins with <c>%</c>; -1 if two hexadecimal digits do not follow.</summary>
    public static int Decode(ReadOnlySpan<byte> text) =>
        text.Length > 2 && char.IsAsciiHexDigit((char)text[1]) && char.IsAsciiHexDigit((char)text[2])
            ? (Digit(text[1]) << 4) | Digit(text[2])
            : -1;

    /// <summary>The dots that a decoded segment consists of, 1 or 2; 0 if it is no dot segment.</summary>
    public static int Dots(ReadOnlySpan<byte> segment) =>
        segment.SequenceEqual("."u8) ? 1 : segment.SequenceEqual(".."u8) ? 2 : 0;

    /// <summary>Whether a part of a segment is dots for those who cut off a parameter.</summary>
    public static bool AreDotsWithParameter(ReadOnlySpan<byte> part) => part.StartsWith(".;"u8) || part.StartsWith("..;"u8);

    /// <summary>
    /// The index in a path as it came at which so many of its resolved segments end for good: of the slash before what
    /// follows, or the path's end. The path is unambiguous, encoded slashes being kept, and has so many segments.
    /// </summary>
    public static int EndOfSegments(ReadOnlySpan<byte> raw, int count)
    {
        int depth = 0;
        int found = 0;
        int start = 1;
        while (start <= raw.Length)
        {
            int slash = raw[start..].IndexOf((byte)'/');
            int end = slash < 0 ? raw.Length : start + slash;
            int dots = EncodedDots(raw[start..end]);
            bool isName = dots == 0 && end > start;
            depth = isName ? depth + 1 : dots == 2 ? Math.Max(depth - 1, 0) : depth;

            // Dots or nothing at the very end stand for a slash, which belongs to what follows.
            if (depth == count && (isName || slash >= 0))
            {
                found = end;
            }

            start = end + 1;
        }

        return found;
    }

    // As Dots, of a segment as it came.
    internal static int EncodedDots(ReadOnlySpan<byte> segment)
    {
        int dots = 0;
        for (int i = 0; i < segment.Length; i++)
        {
            if (segment[i] != '.')
            {
                if (segment[i] != '%' || Decode(segment[i..]) != '.')
                {
                    return 0;
                }

                i += 2;
            }

            dots++;
        }

        return dots <= 2 ? dots : 0;
    }

    private static int Digit(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
