namespace Atlas.Core.Configuration;

/// <summary>How long a listener waits for its clients.</summary>
public sealed record ListenerTimeoutsConfig : ConfigSection
{
    /// <summary>The default of <see cref="IdleMs"/> on a TCP listener, in ms: one hour, as for tunnels.</summary>
    public const int DefaultTcpIdleMs = 3_600_000;

    /// <summary>From the first byte of a request to the end of its head; longer is 408. Default 10 s.</summary>
    public int HeadersMs { get; init; } = 10_000;

    /// <summary>TCP: from a connection's first moment to the end of its PROXY protocol header and of its ClientHello, where the
    /// listener reads them; longer is closed. Default 10 s.</summary>
    public int HelloMs { get; init; } = 10_000;

    /// <summary>With TLS: for the handshake; longer is closed. Default 10 s.</summary>
    public int HandshakeMs { get; init; } = 10_000;

    /// <summary>HTTP: between two requests of a connection, default 75 s. TCP: without a byte either way, default 1 h.</summary>
    public int IdleMs { get; init; } = 75_000;

    /// <summary>Bytes per second that a request's body must bring after its first 10 s; slower is 408. 0: off. Default 240.</summary>
    public int BodyMinRateBytesPerSecond { get; init; } = 240;

    /// <summary>Between two pieces of a request's body; longer is 408. Default 30 s.</summary>
    public int BodyIdleMs { get; init; } = 30_000;

    /// <summary>Bytes per second that a client must take of a response after its first 10 s. 0: off. Default 240.</summary>
    public int SendMinRateBytesPerSecond { get; init; } = 240;

    /// <summary>The age past which a connection is closed after its current request. Null: never. Default 1 h.</summary>
    public int? MaxAgeMs { get; init; } = 3_600_000;
}
