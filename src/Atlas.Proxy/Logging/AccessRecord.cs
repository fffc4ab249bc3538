using Atlas.Proxy.Errors;

namespace Atlas.Proxy.Logging;

/// <summary>One request as the access log tells it. The spans are lent until <see cref="AccessLogWriter.Write(in AccessRecord)"/> returns;
/// they may hold any bytes, since the writer escapes and shortens them.</summary>
public readonly ref struct AccessRecord
{
    /// <summary>A record with nothing known.</summary>
    public AccessRecord()
    {
    }

    /// <summary>When the request ended: wall clock, milliseconds since 1970.</summary>
    public long UnixMs { get; init; }

    /// <summary>The client's address as text, after trusted proxies; <c>unix</c> for a unix socket.</summary>
    public ReadOnlySpan<byte> ClientIp { get; init; }

    /// <summary>The client's port; 0 where there is none.</summary>
    public int ClientPort { get; init; }

    /// <summary>The listener's configured name.</summary>
    public ReadOnlySpan<byte> Listener { get; init; }

    /// <summary>The route's configured name; empty where it has none, or none matched.</summary>
    public ReadOnlySpan<byte> Route { get; init; }

    /// <summary>The pool's name; empty when none was chosen.</summary>
    public ReadOnlySpan<byte> Pool { get; init; }

    /// <summary>The last tried server's name; empty when none was chosen.</summary>
    public ReadOnlySpan<byte> Server { get; init; }

    /// <summary>The method as sent; empty when the request could not be read.</summary>
    public ReadOnlySpan<byte> Method { get; init; }

    /// <summary>The host that the request is for, with its port where it has one.</summary>
    public ReadOnlySpan<byte> Host { get; init; }

    /// <summary>The path as sent, without its query.</summary>
    public ReadOnlySpan<byte> Path { get; init; }

    /// <summary>The query without its question mark.</summary>
    public ReadOnlySpan<byte> Query { get; init; }

    /// <summary>The protocol, such as <c>HTTP/1.1</c>; empty when the request could not be read.</summary>
    public ReadOnlySpan<byte> Version { get; init; }

    /// <summary>The status that the client got; 0 when it got none.</summary>
    public int Status { get; init; }

    /// <summary>The status of gRPC that the client got; less than 0: none.</summary>
    public int GrpcStatus { get; init; } = -1;

    /// <summary>How the request ended; <see cref="ProxyError.None"/>: relayed to its end.</summary>
    public ProxyError Error { get; init; }

    /// <summary>What was wrong with a request that was refused; empty where the error says it all.</summary>
    public ReadOnlySpan<byte> Detail { get; init; }

    /// <summary>How often a server was tried.</summary>
    public int Attempts { get; init; }

    /// <summary>The tries that another one followed: <c>a=CF b=503</c>; empty where the first one was the last.</summary>
    public ReadOnlySpan<byte> FailedTries { get; init; }

    /// <summary>Whether the last attempt used a connection that had served before.</summary>
    public bool ReusedUpstream { get; init; }

    /// <summary>All bytes of the request as received from the client: head, framing, body.</summary>
    public long BytesReceived { get; init; }

    /// <summary>All bytes of the response as sent to the client: heads, framing, body.</summary>
    public long BytesSent { get; init; }

    /// <summary>Bytes of the request's body without framing.</summary>
    public long BodyReceived { get; init; }

    /// <summary>Bytes of the response's body without framing.</summary>
    public long BodySent { get; init; }

    /// <summary>The request's id.</summary>
    public ReadOnlySpan<byte> RequestId { get; init; }

    /// <summary>The field <c>User-Agent</c>.</summary>
    public ReadOnlySpan<byte> UserAgent { get; init; }

    /// <summary>The field <c>Referer</c>.</summary>
    public ReadOnlySpan<byte> Referer { get; init; }

    /// <summary>The client's TLS.</summary>
    public TlsRecord Tls { get; init; }

    /// <summary>Where the time went.</summary>
    public AccessTimers Timers { get; init; } = new();
}
