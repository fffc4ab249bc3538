namespace Atlas.Core.Configuration;

/// <summary>The part of a request that is a key.</summary>
public enum RequestKeyKind
{
    /// <summary>The client's address, after trusted proxies.</summary>
    ClientIp,

    /// <summary>The request's host, without the port.</summary>
    Host,

    /// <summary>The path, without the query.</summary>
    Path,

    /// <summary>The path and the query.</summary>
    Uri,

    /// <summary>The value of a header.</summary>
    Header,

    /// <summary>The value of a cookie.</summary>
    Cookie,

    /// <summary>The value of a query parameter.</summary>
    Query,

    /// <summary>Nothing of it: all requests of a route have the same key.</summary>
    Route,

    /// <summary>The server name of the ClientHello of TLS that is passed on (SNI, RFC 6066 3); of no request.</summary>
    Sni,
}
