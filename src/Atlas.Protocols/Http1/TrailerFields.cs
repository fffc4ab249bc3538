using System.Text;
using Atlas.Protocols.Http;

namespace Atlas.Protocols.Http1;

/// <summary>
/// Which fields a trailer section may not hold (RFC 9110 6.5.1): those that frame, route, authenticate, condition or control
/// the message or describe its content, for all of that is needed before the content is.
/// </summary>
internal static class TrailerFields
{
    /// <summary>Whether the field must not be forwarded or merged into the head.</summary>
    /// <param name="known">The name's meaning.</param>
    /// <param name="name">The name as it came.</param>
    public static bool IsForbidden(KnownHeader known, ReadOnlySpan<byte> name)
    {
        switch (known)
        {
            // Framing, routing and this hop.
            case KnownHeader.Host:
            case KnownHeader.Connection:
            case KnownHeader.TransferEncoding:
            case KnownHeader.Upgrade:
            case KnownHeader.Te:
            case KnownHeader.Trailer:
            case KnownHeader.KeepAlive:
            case KnownHeader.ProxyConnection:
            case KnownHeader.Http2Settings:
            case KnownHeader.Forwarded:
            case KnownHeader.XRealIp:
            case KnownHeader.XRequestId:
            case KnownHeader.XClientCertVerify:
            case KnownHeader.XClientCertSubject:
            case KnownHeader.XClientCertFingerprint:
            case KnownHeader.ClientCert:
            case KnownHeader.ClientCertChain:
            case KnownHeader.Via:
            case KnownHeader.AltSvc:

            // Authentication and state.
            case KnownHeader.Authorization:
            case KnownHeader.ProxyAuthorization:
            case KnownHeader.ProxyAuthenticate:
            case KnownHeader.WwwAuthenticate:
            case KnownHeader.Cookie:
            case KnownHeader.SetCookie:

            // Controls and conditions of a request.
            case KnownHeader.Expect:
            case KnownHeader.MaxForwards:
            case KnownHeader.Range:
            case KnownHeader.IfMatch:
            case KnownHeader.IfNoneMatch:
            case KnownHeader.IfModifiedSince:
            case KnownHeader.IfUnmodifiedSince:
            case KnownHeader.IfRange:
            case KnownHeader.EarlyData:
            case KnownHeader.CacheControl:
            case KnownHeader.Pragma:

            // Controls of a response.
            case KnownHeader.Age:
            case KnownHeader.Date:
            case KnownHeader.Expires:
            case KnownHeader.Location:
            case KnownHeader.RetryAfter:
            case KnownHeader.Vary:
            case KnownHeader.Warning:
                return true;
            default:
                return StartsWith(name, "x-forwarded-"u8) || StartsWith(name, "atlas-"u8) || DescribesContent(name);
        }
    }

    // A digest is computed while the content is sent, so RFC 9530 puts it into trailers.
    private static bool DescribesContent(ReadOnlySpan<byte> name) =>
        StartsWith(name, "content-"u8) && !Ascii.EqualsIgnoreCase(name, "content-digest"u8);

    private static bool StartsWith(ReadOnlySpan<byte> name, ReadOnlySpan<byte> lower) =>
        name.Length >= lower.Length && Ascii.EqualsIgnoreCase(name[..lower.Length], lower);
}
