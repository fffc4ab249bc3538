using System.Buffers;

namespace Atlas.Core.Routing;

/// <summary>
/// The normal spelling of a path, for servers that are to see no other (RFC 3986 6.2.2): dot segments resolved and slashes merged
/// as <see cref="RequestPath"/> compares them. Of encoded bytes only the unreserved ones are decoded, the others get upper-case
/// digits: whether an encoded delimiter means what the plain one does is the server's own affair.
/// </summary>
public static class PathSpelling
{
    // RFC 3986 2.3.
    private static readonly SearchValues<byte> Unreserved = SearchValues.Create(
        "-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~"u8);

    /// <summary>Writes the spelling, which <see cref="RequestPath.Normalize"/> brings into the same form as the path. O(length).</summary>
    /// <param name="raw">A path that <see cref="RequestPath.Normalize"/> found to have one meaning; not <c>*</c>.</param>
    /// <param name="destination">Room for as many bytes as the path has, at least 1.</param>
    /// <returns>The bytes written.</returns>
    public static int Write(ReadOnlySpan<byte> raw, Span<byte> destination)
    {
        destination[0] = (byte)'/';
        int length = 1;
        int start = 1;
        while (start <= raw.Length)
        {
            int slash = raw[start..].IndexOf((byte)'/');
            bool isLast = slash < 0;
            int end = isLast ? raw.Length : start + slash;
            ReadOnlySpan<byte> segment = raw[start..end];
            int dots = PathBytes.EncodedDots(segment);
            if (dots == 2)
            {
                length = Math.Max(1, destination[..Math.Max(0, length - 1)].LastIndexOf((byte)'/') + 1);
            }
            else if (dots == 0 && !segment.IsEmpty)
            {
                length += WriteSegment(segment, destination[length..]);
                if (!isLast)
                {
                    destination[length++] = (byte)'/';
                }
            }

            start = end + 1;
        }

        return length;
    }

    private static int WriteSegment(ReadOnlySpan<byte> segment, Span<byte> destination)
    {
        int length = 0;
        for (int i = 0; i < segment.Length; i++)
        {
            int value = segment[i] == '%' ? PathBytes.Decode(segment[i..]) : -1;
            if (value < 0)
            {
                destination[length++] = segment[i];
                continue;
            }

            i += 2;
            if (Unreserved.Contains((byte)value))
            {
                destination[length++] = (byte)value;
                continue;
            }

            destination[length++] = (byte)'%';
            destination[length++] = (byte)"0123456789ABCDEF"[value >> 4];
            destination[length++] = (byte)"0123456789ABCDEF"[value & 15];
        }

        return length;
    }
}
