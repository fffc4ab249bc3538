namespace Atlas.Core.Configuration;

/// <summary>A certificate chain and its key, as PEM files. Paths are as written and are opened when Atlas runs.</summary>
public sealed record CertificateConfig : ConfigSection
{
    /// <summary>The chain, the server's own certificate first.</summary>
    public string CertPath { get; init; } = "";

    /// <summary>The private key.</summary>
    public string KeyPath { get; init; } = "";

    /// <summary>A response of the authority that the certificate is not revoked (OCSP, RFC 6960), in DER; null: none is sent.</summary>
    public string? OcspPath { get; init; }
}
