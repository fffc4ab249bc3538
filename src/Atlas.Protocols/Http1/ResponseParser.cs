using System.Runtime.InteropServices;
using Atlas.Protocols.Http;

namespace Atlas.Protocols.Http1;

/// <summary>Parses response heads (RFC 9112 4 and 5), resumable at every byte.</summary>
[StructLayout(LayoutKind.Auto)]
public struct ResponseParser
{
    /// <summary>Why the head was refused; none unless <see cref="Parse"/> said error.</summary>
    public HttpError Error { get; private set; }

    /// <summary>Parses as far as the bytes go.</summary>
    /// <param name="buffer">Everything received from the head's first byte on; line folds in it are overwritten with spaces.</param>
    /// <param name="head">Where the result goes; the same for all calls for one head.</param>
    /// <param name="requestMethod">The method of the request that this answers; it decides whether content follows.</param>
    /// <param name="limits">What is accepted; the same for all calls for one head.</param>
    public ParseStatus Parse(Span<byte> buffer, ResponseHead head, HttpMethod requestMethod, in HttpLimits limits)
    {
        Error = HttpError.InvalidStatusLine;
        return ParseStatus.Error;
    }

    /// <summary>Makes it ready for the next head, also after an interim response.</summary>
    public void Reset() => this = default;
}
