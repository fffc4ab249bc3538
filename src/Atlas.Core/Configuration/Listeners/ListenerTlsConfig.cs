namespace Atlas.Core.Configuration;

/// <summary>TLS towards clients.</summary>
public sealed record ListenerTlsConfig : ConfigSection
{
    /// <summary>The certificates, chosen by server name; the first is the default. At least one.</summary>
    public ValueList<CertificateConfig> Certificates { get; init; } = [];

    /// <summary>The lowest version that is spoken. Default 1.2.</summary>
    public TlsVersion MinVersion { get; init; } = TlsVersion.Tls12;

    /// <summary>A PEM file of authorities: clients must show a certificate that one of them signed. Null: no client certificates.</summary>
    public string? ClientCaPath { get; init; }
}
