namespace Atlas.Core.Configuration;

/// <summary>Connections to servers that are kept for the next request.</summary>
public sealed record KeepaliveConfig : ConfigSection
{
    /// <summary>How long one is kept unused. Default 55 s, below the 60 s after which many servers close.</summary>
    public int IdleMs { get; init; } = 55_000;

    /// <summary>How many are kept per server and worker; 0: none. Default 256.</summary>
    public int PerServer { get; init; } = 256;

    /// <summary>Requests after which one is closed; 0: never, the default.</summary>
    public int Requests { get; init; }

    /// <summary>The age past which one is closed after its request; null: never. Default 1 h.</summary>
    public int? MaxAgeMs { get; init; } = 3_600_000;

    /// <summary>What requests with methods that are not idempotent (RFC 9110 9.2.2) use. Default a kept one.</summary>
    public ConnectionReuse NonIdempotent { get; init; } = ConnectionReuse.Reuse;
}
