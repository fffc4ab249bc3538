using System.Runtime.InteropServices;

namespace Atlas.Core.Routing;

/// <summary>
/// Writes the form of a path that is compared, segment by segment (RFC 3986 5.2.4, done in place: what is written always ends
/// in a slash until the last segment).
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal ref struct PathWriter
{
    private readonly Span<byte> _destination;
    private int _length;

    // Where slashes were merged last. Further left there may be more such places, but dot segments that go back come to this
    // one first.
    private int _mergedAt;

    /// <summary>A writer.</summary>
    /// <param name="destination">Room for as many bytes as the path has, at least 1.</param>
    public PathWriter(Span<byte> destination)
    {
        _destination = destination;
        destination[0] = (byte)'/';
        _length = 1;
    }

    /// <summary>Whether a segment had an encoded slash or backslash.</summary>
    public bool HasEncodedSlash { get; private set; }

    /// <summary>The path so far.</summary>
    public readonly ReadOnlySpan<byte> Written => _destination[.._length];

    /// <summary>Adds a segment.</summary>
    /// <param name="segment">As it came, without slashes.</param>
    /// <param name="isLast">Whether no slash follows it.</param>
    public PathStatus Add(ReadOnlySpan<byte> segment, bool isLast)
    {
        int start = _length;
        PathStatus status = Decode(segment);
        if (status != PathStatus.Ok)
        {
            return status;
        }

        ReadOnlySpan<byte> decoded = _destination[start.._length];
        int dots = PathBytes.Dots(decoded);
        if (decoded.IsEmpty || dots > 0)
        {
            _length = start;
            return dots == 2 ? GoBack() : Skip(isMerge: dots == 0 && !isLast);
        }

        if (!isLast)
        {
            _destination[_length++] = (byte)'/';
        }

        return HasHiddenDots(decoded) ? PathStatus.Ambiguous : PathStatus.Ok;
    }

    private PathStatus Skip(bool isMerge)
    {
        _mergedAt = isMerge ? _length : _mergedAt;
        return PathStatus.Ok;
    }

    private PathStatus GoBack()
    {
        if (_length == 1)
        {
            return PathStatus.Ok;
        }

        if (_length == _mergedAt)
        {
            return PathStatus.Ambiguous;
        }

        _length = _destination[..(_length - 1)].LastIndexOf((byte)'/') + 1;
        return PathStatus.Ok;
    }

    private PathStatus Decode(ReadOnlySpan<byte> segment)
    {
        while (true)
        {
            int plain = segment.IndexOfAnyExcept(RequestPath.Plain);
            int copied = plain < 0 ? segment.Length : plain;
            segment[..copied].CopyTo(_destination[_length..]);
            _length += copied;
            if (plain < 0)
            {
                return PathStatus.Ok;
            }

            segment = segment[plain..];
            int value = segment[0] == '%' ? PathBytes.Decode(segment) : -1;
            if (value <= 0)
            {
                return value < 0 ? PathStatus.Malformed : PathStatus.EncodedNul;
            }

            WriteDecoded((byte)value);
            segment = segment[3..];
        }
    }

    // Three bytes stay encoded, in upper case, so that different paths stay different.
    private void WriteDecoded(byte value)
    {
        ReadOnlySpan<byte> kept = value switch
        {
            (byte)'/' => "%2F"u8,
            (byte)'\\' => "%5C"u8,
            (byte)'%' => "%25"u8,
            _ => default,
        };
        HasEncodedSlash |= value is (byte)'/' or (byte)'\\';
        if (kept.IsEmpty)
        {
            _destination[_length++] = value;
            return;
        }

        kept.CopyTo(_destination[_length..]);
        _length += kept.Length;
    }

    // Dots beside an encoded slash or before a parameter.
    private static bool HasHiddenDots(ReadOnlySpan<byte> segment)
    {
        int start = 0;
        for (int i = segment.IndexOf((byte)'%'); i >= 0; i = NextPercent(segment, i))
        {
            if (PathBytes.Decode(segment[i..]) is '/' or '\\')
            {
                if (IsHidden(segment[start..i]))
                {
                    return true;
                }

                start = i + 3;
            }
        }

        return IsHidden(segment[start..]);
    }

    private static int NextPercent(ReadOnlySpan<byte> segment, int after)
    {
        int next = segment[(after + 1)..].IndexOf((byte)'%');
        return next < 0 ? -1 : after + 1 + next;
    }

    private static bool IsHidden(ReadOnlySpan<byte> part) => PathBytes.Dots(part) > 0 || PathBytes.AreDotsWithParameter(part);
}
