using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Atlas.Protocols.Http;

/// <summary>
/// Recognizes field names. The length selects a handful of candidates, and one or two words of each are compared with
/// upper and lower case made equal.
/// </summary>
public static class HeaderNames
{
    private const ulong Lower8 = 0x2020_2020_2020_2020;
    private const uint Lower4 = 0x2020_2020;

    /// <summary>The known field that has this name in any case; <see cref="KnownHeader.None"/> if there is none.</summary>
    /// <param name="name">
    /// A token (RFC 9110 5.6.2). Bytes that no token holds may be mistaken for others: setting bit 5 makes CR a hyphen.
    /// </param>
    public static KnownHeader Recognize(ReadOnlySpan<byte> name)
    {
        switch (name.Length)
        {
            case 2:
                return Is(name, "te"u8) ? KnownHeader.Te
                    : KnownHeader.None;
            case 3:
                return Is(name, "via"u8) ? KnownHeader.Via
                    : Is(name, "age"u8) ? KnownHeader.Age
                    : Is(name, "dnt"u8) ? KnownHeader.Dnt
                    : KnownHeader.None;
            case 4:
                return Is(name, "host"u8) ? KnownHeader.Host
                    : Is(name, "date"u8) ? KnownHeader.Date
                    : Is(name, "vary"u8) ? KnownHeader.Vary
                    : Is(name, "etag"u8) ? KnownHeader.ETag
                    : Is(name, "from"u8) ? KnownHeader.From
                    : Is(name, "link"u8) ? KnownHeader.Link
                    : KnownHeader.None;
            case 5:
                return Is(name, "allow"u8) ? KnownHeader.Allow
                    : Is(name, "range"u8) ? KnownHeader.Range
                    : KnownHeader.None;
            case 6:
                return Is(name, "expect"u8) ? KnownHeader.Expect
                    : Is(name, "cookie"u8) ? KnownHeader.Cookie
                    : Is(name, "server"u8) ? KnownHeader.Server
                    : Is(name, "pragma"u8) ? KnownHeader.Pragma
                    : Is(name, "accept"u8) ? KnownHeader.Accept
                    : Is(name, "origin"u8) ? KnownHeader.Origin
                    : KnownHeader.None;
            case 7:
                return Is(name, "upgrade"u8) ? KnownHeader.Upgrade
                    : Is(name, "trailer"u8) ? KnownHeader.Trailer
                    : Is(name, "baggage"u8) ? KnownHeader.Baggage
                    : Is(name, "alt-svc"u8) ? KnownHeader.AltSvc
                    : Is(name, "expires"u8) ? KnownHeader.Expires
                    : Is(name, "warning"u8) ? KnownHeader.Warning
                    : Is(name, "referer"u8) ? KnownHeader.Referer
                    : KnownHeader.None;
            case 8:
                return Is(name, "location"u8) ? KnownHeader.Location
                    : Is(name, "if-match"u8) ? KnownHeader.IfMatch
                    : Is(name, "if-range"u8) ? KnownHeader.IfRange
                    : Is(name, "priority"u8) ? KnownHeader.Priority
                    : KnownHeader.None;
            case 9:
                return Is(name, "forwarded"u8) ? KnownHeader.Forwarded
                    : Is(name, "x-real-ip"u8) ? KnownHeader.XRealIp
                    : Is(name, "sec-ch-ua"u8) ? KnownHeader.SecChUa
                    : KnownHeader.None;
            case 10:
                return Is(name, "connection"u8) ? KnownHeader.Connection
                    : Is(name, "keep-alive"u8) ? KnownHeader.KeepAlive
                    : Is(name, "tracestate"u8) ? KnownHeader.Tracestate
                    : Is(name, "early-data"u8) ? KnownHeader.EarlyData
                    : Is(name, "set-cookie"u8) ? KnownHeader.SetCookie
                    : Is(name, "user-agent"u8) ? KnownHeader.UserAgent
                    : KnownHeader.None;
            case 11:
                return Is(name, "traceparent"u8) ? KnownHeader.Traceparent
                    : Is(name, "retry-after"u8) ? KnownHeader.RetryAfter
                    : KnownHeader.None;
            case 12:
                return Is(name, "x-request-id"u8) ? KnownHeader.XRequestId
                    : Is(name, "max-forwards"u8) ? KnownHeader.MaxForwards
                    : Is(name, "proxy-status"u8) ? KnownHeader.ProxyStatus
                    : Is(name, "content-type"u8) ? KnownHeader.ContentType
                    : Is(name, "x-powered-by"u8) ? KnownHeader.XPoweredBy
                    : KnownHeader.None;
            case 13:
                return Is(name, "authorization"u8) ? KnownHeader.Authorization
                    : Is(name, "cache-control"u8) ? KnownHeader.CacheControl
                    : Is(name, "last-modified"u8) ? KnownHeader.LastModified
                    : Is(name, "accept-ranges"u8) ? KnownHeader.AcceptRanges
                    : Is(name, "content-range"u8) ? KnownHeader.ContentRange
                    : Is(name, "if-none-match"u8) ? KnownHeader.IfNoneMatch
                    : KnownHeader.None;
            case 14:
                return Is(name, "content-length"u8) ? KnownHeader.ContentLength
                    : Is(name, "http2-settings"u8) ? KnownHeader.Http2Settings
                    : Is(name, "accept-charset"u8) ? KnownHeader.AcceptCharset
                    : Is(name, "sec-fetch-site"u8) ? KnownHeader.SecFetchSite
                    : Is(name, "sec-fetch-mode"u8) ? KnownHeader.SecFetchMode
                    : Is(name, "sec-fetch-dest"u8) ? KnownHeader.SecFetchDest
                    : Is(name, "sec-fetch-user"u8) ? KnownHeader.SecFetchUser
                    : KnownHeader.None;
            case 15:
                return Is(name, "x-forwarded-for"u8) ? KnownHeader.XForwardedFor
                    : Is(name, "accept-encoding"u8) ? KnownHeader.AcceptEncoding
                    : Is(name, "accept-language"u8) ? KnownHeader.AcceptLanguage
                    : Is(name, "x-frame-options"u8) ? KnownHeader.XFrameOptions
                    : KnownHeader.None;
            case 16:
                return Is(name, "proxy-connection"u8) ? KnownHeader.ProxyConnection
                    : Is(name, "x-forwarded-host"u8) ? KnownHeader.XForwardedHost
                    : Is(name, "x-forwarded-port"u8) ? KnownHeader.XForwardedPort
                    : Is(name, "www-authenticate"u8) ? KnownHeader.WwwAuthenticate
                    : Is(name, "content-encoding"u8) ? KnownHeader.ContentEncoding
                    : Is(name, "content-language"u8) ? KnownHeader.ContentLanguage
                    : Is(name, "content-location"u8) ? KnownHeader.ContentLocation
                    : Is(name, "x-requested-with"u8) ? KnownHeader.XRequestedWith
                    : Is(name, "sec-ch-ua-mobile"u8) ? KnownHeader.SecChUaMobile
                    : KnownHeader.None;
            case 17:
                return Is(name, "transfer-encoding"u8) ? KnownHeader.TransferEncoding
                    : Is(name, "x-forwarded-proto"u8) ? KnownHeader.XForwardedProto
                    : Is(name, "if-modified-since"u8) ? KnownHeader.IfModifiedSince
                    : Is(name, "sec-websocket-key"u8) ? KnownHeader.SecWebSocketKey
                    : KnownHeader.None;
            case 18:
                return Is(name, "proxy-authenticate"u8) ? KnownHeader.ProxyAuthenticate
                    : Is(name, "x-forwarded-server"u8) ? KnownHeader.XForwardedServer
                    : Is(name, "sec-ch-ua-platform"u8) ? KnownHeader.SecChUaPlatform
                    : KnownHeader.None;
            case 19:
                return Is(name, "proxy-authorization"u8) ? KnownHeader.ProxyAuthorization
                    : Is(name, "authentication-info"u8) ? KnownHeader.AuthenticationInfo
                    : Is(name, "content-disposition"u8) ? KnownHeader.ContentDisposition
                    : Is(name, "if-unmodified-since"u8) ? KnownHeader.IfUnmodifiedSince
                    : KnownHeader.None;
            case 20:
                return Is(name, "sec-websocket-accept"u8) ? KnownHeader.SecWebSocketAccept
                    : KnownHeader.None;
            case 21:
                return Is(name, "sec-websocket-version"u8) ? KnownHeader.SecWebSocketVersion
                    : KnownHeader.None;
            case 22:
                return Is(name, "x-content-type-options"u8) ? KnownHeader.XContentTypeOptions
                    : Is(name, "sec-websocket-protocol"u8) ? KnownHeader.SecWebSocketProtocol
                    : Is(name, "access-control-max-age"u8) ? KnownHeader.AccessControlMaxAge
                    : KnownHeader.None;
            case 23:
                return Is(name, "content-security-policy"u8) ? KnownHeader.ContentSecurityPolicy
                    : KnownHeader.None;
            case 24:
                return Is(name, "sec-websocket-extensions"u8) ? KnownHeader.SecWebSocketExtensions
                    : KnownHeader.None;
            case 25:
                return Is(name, "proxy-authentication-info"u8) ? KnownHeader.ProxyAuthenticationInfo
                    : Is(name, "upgrade-insecure-requests"u8) ? KnownHeader.UpgradeInsecureRequests
                    : Is(name, "strict-transport-security"u8) ? KnownHeader.StrictTransportSecurity
                    : KnownHeader.None;
            case 27:
                return Is(name, "access-control-allow-origin"u8) ? KnownHeader.AccessControlAllowOrigin
                    : KnownHeader.None;
            case 28:
                return Is(name, "access-control-allow-methods"u8) ? KnownHeader.AccessControlAllowMethods
                    : Is(name, "access-control-allow-headers"u8) ? KnownHeader.AccessControlAllowHeaders
                    : KnownHeader.None;
            case 29:
                return Is(name, "access-control-request-method"u8) ? KnownHeader.AccessControlRequestMethod
                    : Is(name, "access-control-expose-headers"u8) ? KnownHeader.AccessControlExposeHeaders
                    : KnownHeader.None;
            case 30:
                return Is(name, "access-control-request-headers"u8) ? KnownHeader.AccessControlRequestHeaders
                    : KnownHeader.None;
            case 32:
                return Is(name, "access-control-allow-credentials"u8) ? KnownHeader.AccessControlAllowCredentials
                    : KnownHeader.None;
            default:
                return KnownHeader.None;
        }
    }

    // Both have the same length. Inlined with a constant for `lower`, the words of that side and all lengths fold away.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> lower)
    {
        if (lower.Length < 4)
        {
            return IsShort(name, lower);
        }

        if (lower.Length < 8)
        {
            int last4 = lower.Length - 4;
            return Word4(name) == Word4(lower) && Word4(name[last4..]) == Word4(lower[last4..]);
        }

        int last8 = lower.Length - 8;
        if (Word8(name) != Word8(lower) || Word8(name[last8..]) != Word8(lower[last8..]))
        {
            return false;
        }

        for (int i = 8; i < last8; i += 8)
        {
            if (Word8(name[i..]) != Word8(lower[i..]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsShort(ReadOnlySpan<byte> name, ReadOnlySpan<byte> lower)
    {
        for (int i = 0; i < lower.Length; i++)
        {
            if ((uint)i >= (uint)name.Length || (name[i] | 0x20) != lower[i])
            {
                return false;
            }
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Word8(ReadOnlySpan<byte> text) => BinaryPrimitives.ReadUInt64LittleEndian(text) | Lower8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Word4(ReadOnlySpan<byte> text) => BinaryPrimitives.ReadUInt32LittleEndian(text) | Lower4;
}
