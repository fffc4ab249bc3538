using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;

namespace Atlas.Proxy.Logging;

/// <summary>What a parser that repairs nothing would have said.</summary>
internal static class Repairs
{
    /// <summary>Why a head is refused that needs this repair; none if it needs none.</summary>
    internal static HttpError ErrorOf(RequestRepairs repair) => repair switch
    {
        RequestRepairs.LengthAndChunked => HttpError.ContentLengthWithTransferEncoding,
        RequestRepairs.EqualLengths => HttpError.DuplicateContentLength,
        RequestRepairs.BareLf => HttpError.BareLfInStartLine,
        RequestRepairs.EqualHosts => HttpError.DuplicateHost,
        _ => HttpError.None,
    };
}
