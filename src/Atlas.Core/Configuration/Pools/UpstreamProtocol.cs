namespace Atlas.Core.Configuration;

/// <summary>The version of HTTP towards servers.</summary>
public enum UpstreamProtocol
{
    /// <summary>HTTP/1.1.</summary>
    Http1,

    /// <summary>HTTP/2: by ALPN over TLS, with prior knowledge without.</summary>
    Http2,

    /// <summary>What ALPN agrees on; HTTP/1.1 without TLS.</summary>
    Auto,
}
