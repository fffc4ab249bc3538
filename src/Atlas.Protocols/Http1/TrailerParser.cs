using System.Runtime.InteropServices;
using Atlas.Protocols.Http;

namespace Atlas.Protocols.Http1;

/// <summary>
/// Parses the trailer section of a chunked body (RFC 9112 7.1.2), which begins where <see cref="ChunkedDecoder"/> said
/// <see cref="ChunkStatus.Trailers"/>. The rules for lines are those of a request head. It can be fed in pieces.
/// </summary>
[StructLayout(LayoutKind.Auto)]
public struct TrailerParser
{
    private FieldLineReader _fields;
    private ParseStatus _status;

    /// <summary>Why the section was refused; none unless <see cref="Parse"/> said error.</summary>
    public HttpError Error { readonly get; private set; }

    /// <summary>Bytes of the section with its final empty line, once it is done.</summary>
    public int Length { readonly get; private set; }

    /// <summary>
    /// Parses as far as the bytes go. Once it said done or error it says so again, until <see cref="Reset"/>.
    /// </summary>
    /// <param name="buffer">Everything received from the section's first byte on; may hold more.</param>
    /// <param name="trailers">
    /// Where the fields go; empty at the first call. Those that must be dropped are marked
    /// <see cref="FieldFlags.ForbiddenInTrailer"/>.
    /// </param>
    /// <param name="limits">What is accepted, usually <see cref="HttpLimits.Trailers"/>.</param>
    public ParseStatus Parse(ReadOnlySpan<byte> buffer, HeaderTable trailers, in HttpLimits limits)
    {
        if (_status != ParseStatus.NeedMore)
        {
            return _status;
        }

        bool cut = buffer.Length >= limits.HeaderBytes;
        ReadOnlySpan<byte> section = cut ? buffer[..limits.HeaderBytes] : buffer;
        while (true)
        {
            if (trailers.Count >= limits.HeaderCount && _fields.AnotherFollows(section))
            {
                return Fail(HttpError.TooManyFields);
            }

            FieldLineStatus status = _fields.Read(section, unfold: false, out HeaderField field, out _);
            switch (status)
            {
                case FieldLineStatus.Field:
                    bool forbidden = TrailerFields.IsForbidden(field.Known, field.Name.Of(section));
                    trailers.Add(forbidden ? field.With(FieldFlags.ForbiddenInTrailer) : field);
                    break;
                case FieldLineStatus.End:
                    Length = _fields.Position;
                    _status = ParseStatus.Done;
                    return _status;
                case FieldLineStatus.NeedMore:
                    return cut ? Fail(HttpError.HeaderTooLarge) : ParseStatus.NeedMore;
                case FieldLineStatus.Fold:
                case FieldLineStatus.Error:
                default:
                    return Fail(_fields.Error);
            }
        }
    }

    /// <summary>Makes it ready for the next section.</summary>
    public void Reset() => this = default;

    private ParseStatus Fail(HttpError error)
    {
        Error = error;
        _status = ParseStatus.Error;
        return _status;
    }
}
