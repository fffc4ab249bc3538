using Atlas.Protocols.Http;

namespace Atlas.Protocols.Hpack;

/// <summary>Which fields go into the dynamic table of an encoder.</summary>
/// <remarks>
/// Whoever can have fields of his own encoded with the same table learns from the length of the result whether he guessed one
/// of the table's values (RFC 7541 7.1). So what authorizes never goes in, and short cookies do not, for they can be guessed.
/// Where requests of many users meet in one table, only fields go in that say nothing about a user, and all others ask the
/// next hop to do likewise.
/// </remarks>
internal static class HpackIndexingRules
{
    /// <summary>A cookie below this many bytes may be guessed.</summary>
    public const int ShortSecret = 20;

    /// <summary>What to do with a field of a table that one user's messages fill.</summary>
    public static HpackIndexing Of(KnownHeader known, int valueLength)
    {
        switch (known)
        {
            case KnownHeader.Authorization:
            case KnownHeader.ProxyAuthorization:
                return HpackIndexing.Never;
            case KnownHeader.Cookie:
            case KnownHeader.SetCookie:
                return valueLength < ShortSecret ? HpackIndexing.Never
                    : known == KnownHeader.Cookie ? HpackIndexing.Insert : HpackIndexing.Skip;
            case KnownHeader.ContentLength:
            case KnownHeader.ContentRange:
            case KnownHeader.ContentLocation:
            case KnownHeader.ContentDisposition:
            case KnownHeader.Range:
            case KnownHeader.IfRange:
            case KnownHeader.ETag:
            case KnownHeader.IfMatch:
            case KnownHeader.IfNoneMatch:
            case KnownHeader.IfModifiedSince:
            case KnownHeader.IfUnmodifiedSince:
            case KnownHeader.LastModified:
            case KnownHeader.Expires:
            case KnownHeader.Age:
            case KnownHeader.Location:
            case KnownHeader.RetryAfter:
            case KnownHeader.XRequestId:
            case KnownHeader.Traceparent:
            case KnownHeader.Tracestate:
            case KnownHeader.Baggage:
            case KnownHeader.SecWebSocketKey:
            case KnownHeader.SecWebSocketAccept:
                return HpackIndexing.Skip;
            default:
                // Date among them: all responses of a second share it.
                return HpackIndexing.Insert;
        }
    }

    /// <summary>What to do with a field of a table that messages of many users fill.</summary>
    public static HpackIndexing OfShared(KnownHeader known)
    {
        switch (known)
        {
            case KnownHeader.Accept:
            case KnownHeader.AcceptCharset:
            case KnownHeader.AcceptEncoding:
            case KnownHeader.AcceptLanguage:
            case KnownHeader.CacheControl:
            case KnownHeader.Pragma:
            case KnownHeader.ContentType:
            case KnownHeader.ContentEncoding:
            case KnownHeader.Te:
            case KnownHeader.Trailer:
            case KnownHeader.Expect:
            case KnownHeader.Via:
            case KnownHeader.XForwardedProto:
            case KnownHeader.XForwardedHost:
            case KnownHeader.XForwardedPort:
            case KnownHeader.XForwardedServer:
            case KnownHeader.UserAgent:
            case KnownHeader.Priority:
            case KnownHeader.UpgradeInsecureRequests:
            case KnownHeader.XRequestedWith:
            case KnownHeader.SecFetchSite:
            case KnownHeader.SecFetchMode:
            case KnownHeader.SecFetchDest:
            case KnownHeader.SecFetchUser:
            case KnownHeader.SecChUa:
            case KnownHeader.SecChUaMobile:
            case KnownHeader.SecChUaPlatform:
                return HpackIndexing.Insert;
            case KnownHeader.ContentLength:
            case KnownHeader.Date:
            case KnownHeader.Range:
            case KnownHeader.IfMatch:
            case KnownHeader.IfNoneMatch:
            case KnownHeader.IfModifiedSince:
            case KnownHeader.IfUnmodifiedSince:
            case KnownHeader.XRequestId:
            case KnownHeader.Traceparent:
            case KnownHeader.Tracestate:
                return HpackIndexing.Skip;
            default:
                return HpackIndexing.Never;
        }
    }
}
