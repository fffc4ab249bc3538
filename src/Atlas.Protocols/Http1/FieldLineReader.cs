using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Atlas.Protocols.Http;

namespace Atlas.Protocols.Http1;

/// <summary>
/// Reads the field lines of heads and trailer sections (RFC 9112 5), each byte once however the input is split:
/// a name up to the first byte that no token holds, which must be the colon, then a value up to the first control character,
/// which must be the CR of a CRLF, or LF in a section that ends all lines so.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal struct FieldLineReader
{
    // The first byte of the line that is being read.
    private int _line;

    // The first byte that was not looked at yet.
    private int _scanned;

    // The colon of the line that is being read; 0 while it is not found. It is never at 0, for names are not empty.
    private int _colon;

    private KnownHeader _known;
    private FieldFlags _flags;

    // Whether lines end with LF alone, all of them.
    private bool _bareLf;

    /// <summary>Why a line was refused.</summary>
    public HttpError Error { readonly get; private set; }

    /// <summary>The first byte after the lines read so far.</summary>
    public readonly int Position => _line;

    /// <summary>Makes it ready for a section.</summary>
    /// <param name="start">The section's first byte, as an index into the buffer.</param>
    /// <param name="bareLf">Whether each of its lines, the empty one as well, ends with LF alone instead of CRLF.</param>
    public void Begin(int start, bool bareLf = false)
    {
        this = default;
        _line = start;
        _scanned = start;
        _bareLf = bareLf;
    }

    /// <summary>Whether another field line begins, for a caller that has all the fields it takes.</summary>
    public readonly bool AnotherFollows(ReadOnlySpan<byte> buffer) => _line < buffer.Length && buffer[_line] != (_bareLf ? '\n' : '\r');

    /// <summary>Reads the next line.</summary>
    /// <param name="buffer">The bytes received so far, at the most as many as the limits allow.</param>
    /// <param name="unfold">
    /// Whether to answer <see cref="FieldLineStatus.Fold"/> to a continued line instead of refusing it. The caller then
    /// overwrites the CRLF before it with spaces and calls again.
    /// </param>
    /// <param name="field">The field, if the status says so.</param>
    /// <param name="fold">The index of the CRLF before a continued line, if the status says so.</param>
    public FieldLineStatus Read(ReadOnlySpan<byte> buffer, bool unfold, out HeaderField field, out int fold)
    {
        field = default;
        fold = 0;
        if (_colon == 0 && !TryKnownName(buffer))
        {
            FieldLineStatus status = ReadName(buffer);
            if (status != FieldLineStatus.Field)
            {
                return status;
            }
        }

        int end = FieldScan.IndexOfControl(buffer, _scanned);
        if (end == buffer.Length)
        {
            _scanned = end;
            return FieldLineStatus.NeedMore;
        }

        int next = end + 1;
        if (buffer[end] != '\r' || _bareLf)
        {
            return EndWithoutCrlf(buffer, end, out field);
        }

        if (next >= buffer.Length || (unfold && next + 1 >= buffer.Length))
        {
            _scanned = end;
            return FieldLineStatus.NeedMore;
        }

        if (buffer[next] != '\n')
        {
            return Fail(HttpError.BareCrInFieldLine);
        }

        next++;
        if (unfold && FieldSyntax.IsWhitespace(buffer[next]))
        {
            _scanned = next;
            fold = end;
            return FieldLineStatus.Fold;
        }

        field = Take(buffer, end, next);
        return FieldLineStatus.Field;
    }

    private FieldLineStatus EndWithoutCrlf(ReadOnlySpan<byte> buffer, int end, out HeaderField field)
    {
        byte stop = buffer[end];
        if (_bareLf && stop == '\n')
        {
            field = Take(buffer, end, end + 1);
            return FieldLineStatus.Field;
        }

        field = default;
        return Fail(stop switch
        {
            (byte)'\n' => HttpError.BareLfInFieldLine,
            (byte)'\r' => HttpError.MixedLineEnds,
            _ => HttpError.InvalidFieldValue,
        });
    }

    // What is recognized needs no other check of its bytes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryKnownName(ReadOnlySpan<byte> buffer)
    {
        int colon = FieldScan.IndexOfNearColon(buffer, _line);
        if (colon <= _line)
        {
            return false;
        }

        _known = HeaderNames.Recognize(buffer[_line..colon]);
        if (_known == KnownHeader.None)
        {
            return false;
        }

        _colon = colon;
        _scanned = colon + 1;
        return true;
    }

    private FieldLineStatus ReadName(ReadOnlySpan<byte> buffer)
    {
        while (true)
        {
            int length = buffer[_scanned..].IndexOfAnyExcept(FieldSyntax.TokenExceptUnderscore);
            if (length < 0)
            {
                _scanned = buffer.Length;
                return FieldLineStatus.NeedMore;
            }

            int end = _scanned + length;
            byte stop = buffer[end];
            if (stop == ':' && end > _line)
            {
                _colon = end;
                _scanned = end + 1;
                _known = HeaderNames.Recognize(buffer[_line..end]);
                return _flags != FieldFlags.None && ResemblesFraming(buffer[_line..end])
                    ? Fail(HttpError.FramingLookAlike)
                    : FieldLineStatus.Field;
            }

            _scanned = end;
            if (stop != '_')
            {
                return NameStops(buffer, stop);
            }

            _flags = FieldFlags.HasUnderscore;
            _scanned = end + 1;
        }
    }

    // The byte at _scanned is in the place of a name and does not belong there.
    private FieldLineStatus NameStops(ReadOnlySpan<byte> buffer, byte stop)
    {
        bool atStart = _scanned == _line;
        switch (stop)
        {
            case (byte)'\r' when _bareLf:
                return Fail(HttpError.MixedLineEnds);
            case (byte)'\r':
                if (_scanned + 1 >= buffer.Length)
                {
                    return FieldLineStatus.NeedMore;
                }

                if (buffer[_scanned + 1] != '\n')
                {
                    return Fail(HttpError.BareCrInFieldLine);
                }

                return EndSection(atStart, 2);
            case (byte)'\n':
                return _bareLf ? EndSection(atStart, 1) : Fail(HttpError.BareLfInFieldLine);
            case (byte)' ' or (byte)'\t':
                return Fail(atStart ? HttpError.ObsoleteFold : HttpError.SpaceBeforeColon);
            case (byte)':':
                return Fail(HttpError.EmptyFieldName);
            default:
                return Fail(HttpError.InvalidFieldName);
        }
    }

    private FieldLineStatus EndSection(bool atStart, int lineEndBytes)
    {
        if (!atStart)
        {
            return Fail(HttpError.MissingColon);
        }

        _line += lineEndBytes;
        _scanned = _line;
        return FieldLineStatus.End;
    }

    // The field of a line whose value ends at one index; the next line begins at the other.
    private HeaderField Take(ReadOnlySpan<byte> buffer, int end, int next)
    {
        int start = _colon + 1;
        while (start < end && FieldSyntax.IsWhitespace(buffer[start]))
        {
            start++;
        }

        while (end > start && FieldSyntax.IsWhitespace(buffer[end - 1]))
        {
            end--;
        }

        Slice name = new(_line, _colon - _line);
        HeaderField field = new(name, new Slice(start, end - start), _known, _flags);
        _line = next;
        _scanned = next;
        _colon = 0;
        _flags = FieldFlags.None;
        return field;
    }

    private FieldLineStatus Fail(HttpError error)
    {
        Error = error;
        return FieldLineStatus.Error;
    }

    // Servers that hand fields to programs as variables read "_" and "-" alike.
    private static bool ResemblesFraming(ReadOnlySpan<byte> name) =>
        IsWithHyphens(name, "transfer-encoding"u8) || IsWithHyphens(name, "content-length"u8);

    private static bool IsWithHyphens(ReadOnlySpan<byte> name, ReadOnlySpan<byte> lower)
    {
        if (name.Length != lower.Length)
        {
            return false;
        }

        Span<byte> hyphenated = stackalloc byte[lower.Length];
        name.Replace(hyphenated, (byte)'_', (byte)'-');
        return Ascii.EqualsIgnoreCase(hyphenated, lower);
    }
}
