using System.Runtime.InteropServices;
using Atlas.Protocols.Http;

namespace Atlas.Protocols.Http1;

/// <summary>Parses request heads (RFC 9112 3 and 5), resumable at every byte.</summary>
[StructLayout(LayoutKind.Auto)]
public struct RequestParser
{
    /// <summary>Why the head was refused; none unless <see cref="Parse"/> said error.</summary>
    public HttpError Error { get; private set; }

    /// <summary>Parses as far as the bytes go.</summary>
    /// <param name="buffer">Everything received from the head's first byte on; may hold more than the head.</param>
    /// <param name="head">Where the result goes; the same for all calls for one head.</param>
    /// <param name="limits">What is accepted; the same for all calls for one head.</param>
    public ParseStatus Parse(ReadOnlySpan<byte> buffer, RequestHead head, in HttpLimits limits)
    {
        Error = HttpError.InvalidMethod;
        return ParseStatus.Error;
    }

    /// <summary>Makes it ready for the next head.</summary>
    public void Reset() => this = default;
}
