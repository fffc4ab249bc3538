namespace Atlas.Proxy.Errors;

/// <summary>How a request ended that the proxy did not relay to its end; the reason flag of logs and metrics stands
/// behind each.</summary>
public enum ProxyError : byte
{
    /// <summary>It did.</summary>
    None,

    /// <summary>BR: the request's syntax was refused.</summary>
    BadRequest,

    /// <summary>TL: the body is larger than the listener takes.</summary>
    BodyTooLarge,

    /// <summary>CS: the client was too slow.</summary>
    ClientSlow,

    /// <summary>CC: the client left.</summary>
    ClientClosed,

    /// <summary>NR: no route of the listener takes the request.</summary>
    NoRoute,

    /// <summary>NH: no server may take the request.</summary>
    NoHealthyServer,

    /// <summary>QF: as many requests wait for a server already as may.</summary>
    QueueFull,

    /// <summary>QT: no server had room in time.</summary>
    QueueTimeout,

    /// <summary>CB: the pool's circuit breaker is open: too many requests failed.</summary>
    CircuitOpen,

    /// <summary>LP: loop: the request passed this proxy before.</summary>
    Loop,

    /// <summary>OL: no memory for buffers.</summary>
    Overload,

    /// <summary>MN: the method is not offered here (CONNECT, TRACE).</summary>
    MethodNotAllowed,

    /// <summary>MF: an OPTIONS request that may go no further is answered here.</summary>
    MaxForwardsReached,

    /// <summary>TE: a request that changes something came in TLS early data, where it may be a replay.</summary>
    TooEarly,

    /// <summary>RL: the client has used up the route's rate limit.</summary>
    RateLimited,

    /// <summary>SS: a store did not answer or has no room, and the configuration lets no request pass without it.</summary>
    StoreUnavailable,

    /// <summary>SC: another request has written the client's session meanwhile.</summary>
    SessionConflict,

    /// <summary>SD: the deadline of a shutdown passed.</summary>
    ShuttingDown,

    /// <summary>CF: the server refused the connection.</summary>
    ConnectFailed,

    /// <summary>CT: the server did not accept the connection in time.</summary>
    ConnectTimeout,

    /// <summary>TF: the handshake of TLS with the server failed.</summary>
    TlsFailed,

    /// <summary>UR: the server closed or reset before its head.</summary>
    UpstreamReset,

    /// <summary>UP: the server's response is malformed.</summary>
    UpstreamProtocol,

    /// <summary>UT: the server was silent for too long.</summary>
    UpstreamTimeout,

    /// <summary>UX: the response broke off after its head; of a connection that is passed on unread: the server reset it.</summary>
    UpstreamTruncated,

    /// <summary>IT: a connection that is passed on unread was silent for too long.</summary>
    IdleTimeout,

    /// <summary>SG: the server of a connection that is passed on unread went down, and the pool closes such connections.</summary>
    ServerGone,
}
