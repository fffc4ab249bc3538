namespace Atlas.Core.Configuration;

/// <summary>TLS towards servers.</summary>
public sealed record PoolTlsConfig : ConfigSection
{
    /// <summary>A PEM file of the authorities that are trusted; null: the system's.</summary>
    public string? CaPath { get; init; }

    /// <summary>The name that is sent and that the certificate must have; null: the server's host.</summary>
    public string? ServerName { get; init; }

    /// <summary>Whether the certificate is checked. Default true.</summary>
    public bool Verify { get; init; } = true;
}
