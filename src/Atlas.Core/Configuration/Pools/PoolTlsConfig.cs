namespace Atlas.Core.Configuration;

/// <summary>TLS towards servers. The protocols that are offered (ALPN) follow from the pool's <c>protocol</c>.</summary>
public sealed record PoolTlsConfig : ConfigSection
{
    /// <summary>A PEM file of the authorities that are trusted; null: the system's.</summary>
    public string? CaPath { get; init; }

    /// <summary>The name that is sent and that the certificate must have; null: the server's host.</summary>
    public string? ServerName { get; init; }

    /// <summary>Whether the certificate is checked. Default true.</summary>
    public bool Verify { get; init; } = true;

    /// <summary>The certificate that is shown to servers that ask for one, a PEM file; null: none. With it there is a
    /// <see cref="KeyPath"/>.</summary>
    public string? CertPath { get; init; }

    /// <summary>That certificate's private key.</summary>
    public string? KeyPath { get; init; }

    /// <summary>The lowest version that is spoken. Default 1.2.</summary>
    public TlsVersion MinVersion { get; init; } = TlsVersion.Tls12;
}
