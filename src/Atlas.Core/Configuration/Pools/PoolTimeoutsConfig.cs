namespace Atlas.Core.Configuration;

/// <summary>How long Atlas waits for servers.</summary>
public sealed record PoolTimeoutsConfig : ConfigSection
{
    /// <summary>For a connection, its TLS handshake included; longer is 504. Default 3 s.</summary>
    public int ConnectMs { get; init; } = 3_000;

    /// <summary>For the next byte of a response; before the first byte longer is 504. Null: any time. Default 60 s.</summary>
    public int? ResponseMs { get; init; } = 60_000;

    /// <summary>For a byte either way on an upgraded connection. Null: any time. Default 1 h.</summary>
    public int? TunnelMs { get; init; } = 3_600_000;

    /// <summary>The same once one side has ended; <see cref="TunnelMs"/> where that is shorter. Null: no other time.
    /// Default 30 s.</summary>
    public int? TunnelHalfClosedMs { get; init; } = 30_000;
}
