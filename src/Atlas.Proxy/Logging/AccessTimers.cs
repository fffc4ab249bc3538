namespace Atlas.Proxy.Logging;

/// <summary>Where a request's time went, in milliseconds, under HAProxy's names for its timers. A phase that the request
/// did not reach is <see cref="NotReached"/>.</summary>
public readonly record struct AccessTimers
{
    /// <summary>The value of a phase that was not reached.</summary>
    public const int NotReached = -1;

    /// <summary>All phases not reached.</summary>
    public AccessTimers()
    {
    }

    /// <summary>Th: handshakes (PROXY protocol, TLS) of the connection; 0 for its second and later requests.</summary>
    public int HandshakeMs { get; init; } = NotReached;

    /// <summary>Ti: idle, from the handshake or the end of the last response to the first byte of the request.</summary>
    public int IdleMs { get; init; } = NotReached;

    /// <summary>TR: from the first byte of the request to the end of its head.</summary>
    public int RequestMs { get; init; } = NotReached;

    /// <summary>Tw: waiting in queues for a server.</summary>
    public int QueueMs { get; init; } = NotReached;

    /// <summary>Tc: connecting to the server, retries included; 0 where a connection was reused.</summary>
    public int ConnectMs { get; init; } = NotReached;

    /// <summary>Tr: from the request's head sent to the end of the server's head.</summary>
    public int ResponseMs { get; init; } = NotReached;

    /// <summary>Td: from the end of the server's head to the response's last byte.</summary>
    public int DataMs { get; init; } = NotReached;

    /// <summary>Ta: all of the request's active time, from its first byte to the response's last.</summary>
    public int ActiveMs { get; init; } = NotReached;
}
