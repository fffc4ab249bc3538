namespace Atlas.Core.Configuration;

/// <summary>How the process ends: not ready, then no new connections, then a last moment for those that are open.</summary>
public sealed record ShutdownConfig : ConfigSection
{
    /// <summary>How long it answers "not ready" while it still accepts. Default 0.</summary>
    public int ReadyDelayMs { get; init; }

    /// <summary>How long open requests may take from then on. Default 30 s.</summary>
    public int DeadlineMs { get; init; } = 30_000;

    /// <summary>The same for tunnels: WebSocket, TCP. Default 5 min.</summary>
    public int TunnelDeadlineMs { get; init; } = 300_000;

    /// <summary>Whether clients of WebSocket connections are told to go at once, with a Close frame of the code 1001 (RFC 6455 7.4.1).
    /// </summary>
    public bool ClosesWebSockets { get; init; }

    /// <summary>Over what part of <see cref="DeadlineMs"/> idle connections close, by chance. Default 0: all at once.</summary>
    public int CloseSpreadMs { get; init; }
}
