namespace Atlas.Protocols.Http;

/// <summary>
/// Field names that Atlas knows by number, so that no code compares names twice. The first seven decide the framing and
/// the connection's fate, and the parser relies on their coming first. At most 127, for <see cref="HeaderTable"/>'s bit set.
/// </summary>
public enum KnownHeader : byte
{
    /// <summary>Any other name.</summary>
    None,

    /// <summary>Host.</summary>
    Host,

    /// <summary>Connection.</summary>
    Connection,

    /// <summary>Content-Length.</summary>
    ContentLength,

    /// <summary>Transfer-Encoding.</summary>
    TransferEncoding,

    /// <summary>Expect.</summary>
    Expect,

    /// <summary>Upgrade.</summary>
    Upgrade,

    /// <summary>TE.</summary>
    Te,

    /// <summary>Keep-Alive.</summary>
    KeepAlive,

    /// <summary>Proxy-Connection.</summary>
    ProxyConnection,

    /// <summary>Trailer.</summary>
    Trailer,

    /// <summary>HTTP2-Settings.</summary>
    Http2Settings,

    /// <summary>Proxy-Authenticate.</summary>
    ProxyAuthenticate,

    /// <summary>Proxy-Authorization.</summary>
    ProxyAuthorization,

    /// <summary>Proxy-Authentication-Info.</summary>
    ProxyAuthenticationInfo,

    /// <summary>Via.</summary>
    Via,

    /// <summary>Forwarded.</summary>
    Forwarded,

    /// <summary>X-Forwarded-For.</summary>
    XForwardedFor,

    /// <summary>X-Forwarded-Proto.</summary>
    XForwardedProto,

    /// <summary>X-Forwarded-Host.</summary>
    XForwardedHost,

    /// <summary>X-Forwarded-Port.</summary>
    XForwardedPort,

    /// <summary>X-Forwarded-Server.</summary>
    XForwardedServer,

    /// <summary>X-Real-IP.</summary>
    XRealIp,

    /// <summary>X-Request-ID.</summary>
    XRequestId,

    /// <summary>Traceparent.</summary>
    Traceparent,

    /// <summary>Tracestate.</summary>
    Tracestate,

    /// <summary>Baggage.</summary>
    Baggage,

    /// <summary>Max-Forwards.</summary>
    MaxForwards,

    /// <summary>Early-Data.</summary>
    EarlyData,

    /// <summary>Proxy-Status.</summary>
    ProxyStatus,

    /// <summary>Alt-Svc.</summary>
    AltSvc,

    /// <summary>Cookie.</summary>
    Cookie,

    /// <summary>Set-Cookie.</summary>
    SetCookie,

    /// <summary>Authorization.</summary>
    Authorization,

    /// <summary>WWW-Authenticate.</summary>
    WwwAuthenticate,

    /// <summary>Authentication-Info.</summary>
    AuthenticationInfo,

    /// <summary>Date.</summary>
    Date,

    /// <summary>Server.</summary>
    Server,

    /// <summary>Age.</summary>
    Age,

    /// <summary>Expires.</summary>
    Expires,

    /// <summary>Cache-Control.</summary>
    CacheControl,

    /// <summary>Pragma.</summary>
    Pragma,

    /// <summary>Vary.</summary>
    Vary,

    /// <summary>Location.</summary>
    Location,

    /// <summary>Retry-After.</summary>
    RetryAfter,

    /// <summary>ETag.</summary>
    ETag,

    /// <summary>Last-Modified.</summary>
    LastModified,

    /// <summary>Warning.</summary>
    Warning,

    /// <summary>Accept.</summary>
    Accept,

    /// <summary>Accept-Charset.</summary>
    AcceptCharset,

    /// <summary>Accept-Encoding.</summary>
    AcceptEncoding,

    /// <summary>Accept-Language.</summary>
    AcceptLanguage,

    /// <summary>Accept-Ranges.</summary>
    AcceptRanges,

    /// <summary>Allow.</summary>
    Allow,

    /// <summary>Content-Type.</summary>
    ContentType,

    /// <summary>Content-Encoding.</summary>
    ContentEncoding,

    /// <summary>Content-Language.</summary>
    ContentLanguage,

    /// <summary>Content-Location.</summary>
    ContentLocation,

    /// <summary>Content-Range.</summary>
    ContentRange,

    /// <summary>Content-Disposition.</summary>
    ContentDisposition,

    /// <summary>Content-Security-Policy.</summary>
    ContentSecurityPolicy,

    /// <summary>If-Match.</summary>
    IfMatch,

    /// <summary>If-None-Match.</summary>
    IfNoneMatch,

    /// <summary>If-Modified-Since.</summary>
    IfModifiedSince,

    /// <summary>If-Unmodified-Since.</summary>
    IfUnmodifiedSince,

    /// <summary>If-Range.</summary>
    IfRange,

    /// <summary>Range.</summary>
    Range,

    /// <summary>User-Agent.</summary>
    UserAgent,

    /// <summary>Referer.</summary>
    Referer,

    /// <summary>Origin.</summary>
    Origin,

    /// <summary>From.</summary>
    From,

    /// <summary>Link.</summary>
    Link,

    /// <summary>DNT.</summary>
    Dnt,

    /// <summary>Priority.</summary>
    Priority,

    /// <summary>Upgrade-Insecure-Requests.</summary>
    UpgradeInsecureRequests,

    /// <summary>Strict-Transport-Security.</summary>
    StrictTransportSecurity,

    /// <summary>X-Requested-With.</summary>
    XRequestedWith,

    /// <summary>X-Powered-By.</summary>
    XPoweredBy,

    /// <summary>X-Content-Type-Options.</summary>
    XContentTypeOptions,

    /// <summary>X-Frame-Options.</summary>
    XFrameOptions,

    /// <summary>Sec-WebSocket-Key.</summary>
    SecWebSocketKey,

    /// <summary>Sec-WebSocket-Version.</summary>
    SecWebSocketVersion,

    /// <summary>Sec-WebSocket-Accept.</summary>
    SecWebSocketAccept,

    /// <summary>Sec-WebSocket-Protocol.</summary>
    SecWebSocketProtocol,

    /// <summary>Sec-WebSocket-Extensions.</summary>
    SecWebSocketExtensions,

    /// <summary>Sec-Fetch-Site.</summary>
    SecFetchSite,

    /// <summary>Sec-Fetch-Mode.</summary>
    SecFetchMode,

    /// <summary>Sec-Fetch-Dest.</summary>
    SecFetchDest,

    /// <summary>Sec-Fetch-User.</summary>
    SecFetchUser,

    /// <summary>Sec-CH-UA.</summary>
    SecChUa,

    /// <summary>Sec-CH-UA-Mobile.</summary>
    SecChUaMobile,

    /// <summary>Sec-CH-UA-Platform.</summary>
    SecChUaPlatform,

    /// <summary>Access-Control-Allow-Origin.</summary>
    AccessControlAllowOrigin,

    /// <summary>Access-Control-Request-Method.</summary>
    AccessControlRequestMethod,

    /// <summary>Access-Control-Request-Headers.</summary>
    AccessControlRequestHeaders,

    /// <summary>Access-Control-Allow-Methods.</summary>
    AccessControlAllowMethods,

    /// <summary>Access-Control-Allow-Headers.</summary>
    AccessControlAllowHeaders,

    /// <summary>Access-Control-Allow-Credentials.</summary>
    AccessControlAllowCredentials,

    /// <summary>Access-Control-Max-Age.</summary>
    AccessControlMaxAge,

    /// <summary>Access-Control-Expose-Headers.</summary>
    AccessControlExposeHeaders,

    /// <summary>X-Client-Cert-Verify.</summary>
    XClientCertVerify,

    /// <summary>X-Client-Cert-Subject.</summary>
    XClientCertSubject,

    /// <summary>X-Client-Cert-Fingerprint.</summary>
    XClientCertFingerprint,

    /// <summary>Client-Cert.</summary>
    ClientCert,

    /// <summary>Client-Cert-Chain.</summary>
    ClientCertChain,
}
