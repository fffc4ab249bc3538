using Atlas.Proxy.Errors;

namespace Atlas.Proxy.Logging;

/// <summary>One connection that was passed on unread, as the access log tells it when it has ended. The spans are lent until
/// <see cref="AccessLogWriter.Write(in StreamRecord)"/> returns; they may hold any bytes.</summary>
public readonly ref struct StreamRecord
{
    /// <summary>A record with nothing known.</summary>
    public StreamRecord()
    {
    }

    /// <summary>When it ended: wall clock, milliseconds since 1970.</summary>
    public long UnixMs { get; init; }

    /// <summary>What was passed on: <c>tcp</c> or <c>udp</c>.</summary>
    public ReadOnlySpan<byte> Protocol { get; init; }

    /// <summary>The client's address as text, as the PROXY protocol header has it; empty on a unix socket.</summary>
    public ReadOnlySpan<byte> ClientIp { get; init; }

    /// <summary>The client's port; 0 where there is none.</summary>
    public int ClientPort { get; init; }

    /// <summary>The listener's configured name.</summary>
    public ReadOnlySpan<byte> Listener { get; init; }

    /// <summary>The pool's name; empty when none was chosen.</summary>
    public ReadOnlySpan<byte> Pool { get; init; }

    /// <summary>The last tried server's name; empty when none was chosen.</summary>
    public ReadOnlySpan<byte> Server { get; init; }

    /// <summary>The client's TLS. Where it passes through closed, only the server name of the ClientHello, where one was read, is
    /// known.</summary>
    public TlsRecord Tls { get; init; }

    /// <summary>How it ended; <see cref="ProxyError.None"/>: both sides ended in order.</summary>
    public ProxyError Error { get; init; }

    /// <summary>What was wrong with what the client sent; empty where the error says it all.</summary>
    public ReadOnlySpan<byte> Detail { get; init; }

    /// <summary>Which side ended first, <c>client</c> or <c>server</c>: a process that is killed ends its connections in order, and so
    /// looks like one that had no more to say. Empty where neither did.</summary>
    public ReadOnlySpan<byte> EndedFirst { get; init; }

    /// <summary>How often a server was tried.</summary>
    public int Attempts { get; init; }

    /// <summary>The tries that another one followed, with their flags: <c>a=CF b=CT</c>; empty: none did.</summary>
    public ReadOnlySpan<byte> FailedTries { get; init; }

    /// <summary>Bytes from the client.</summary>
    public long BytesReceived { get; init; }

    /// <summary>Bytes to the client.</summary>
    public long BytesSent { get; init; }

    /// <summary>Milliseconds of waiting for a server with room.</summary>
    public int QueueMs { get; init; }

    /// <summary>Milliseconds of connecting, all tries together; <see cref="AccessTimers.NotReached"/> where none began.</summary>
    public int ConnectMs { get; init; } = AccessTimers.NotReached;

    /// <summary>Milliseconds from its first moment to its last.</summary>
    public long DurationMs { get; init; }
}
