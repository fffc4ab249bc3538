namespace Atlas.Core.Configuration;

/// <summary>TLS towards clients. Ciphers, suites and curves have OpenSSL's names; their defaults are Mozilla's intermediate profile
/// (Server Side TLS, version 5.8).</summary>
public sealed record ListenerTlsConfig : ConfigSection
{
    /// <summary>The certificates, chosen by server name; the first is the default. At least one.</summary>
    public ValueList<CertificateConfig> Certificates { get; init; } = [];

    /// <summary>The lowest version that is spoken. Default 1.2.</summary>
    public TlsVersion MinVersion { get; init; } = TlsVersion.Tls12;

    /// <summary>The ciphers of TLS 1.2, in the order of preference. Default all that have forward secrecy and are authenticated
    /// (AEAD).</summary>
    public ValueList<string> Ciphers { get; init; } =
    [
        "ECDHE-ECDSA-AES128-GCM-SHA256",
        "ECDHE-RSA-AES128-GCM-SHA256",
        "ECDHE-ECDSA-AES256-GCM-SHA384",
        "ECDHE-RSA-AES256-GCM-SHA384",
        "ECDHE-ECDSA-CHACHA20-POLY1305",
        "ECDHE-RSA-CHACHA20-POLY1305",
    ];

    /// <summary>The cipher suites of TLS 1.3, in the order of preference. Default the three of RFC 8446 9.1.</summary>
    public ValueList<string> CipherSuites { get; init; } =
        ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"];

    /// <summary>The groups of the key exchange, in the order of preference. One that the machine's OpenSSL does not know is left out;
    /// X25519MLKEM768 needs version 3.5.</summary>
    public ValueList<string> Curves { get; init; } = ["X25519MLKEM768", "X25519", "P-256", "P-384"];

    /// <summary>A PEM file of authorities that sign the certificates of clients. Null: clients are asked for none.</summary>
    public string? ClientCaPath { get; init; }

    /// <summary>Whether a client must show a certificate, where <see cref="ClientCaPath"/> is there. Default it must.</summary>
    public ClientAuthentication ClientAuthentication { get; init; } = ClientAuthentication.Require;

    /// <summary>Whether a handshake without a server name, or with one that no certificate is for, ends with the alert
    /// <c>unrecognized_name</c> instead of with the first certificate. Default false.</summary>
    public bool StrictSni { get; init; }

    /// <summary>The protocols that are offered (ALPN, RFC 7301), in the order of preference; empty: none, and clients speak HTTP/1.1.
    /// Default h2 and http/1.1, and none on TCP listeners.</summary>
    public ValueList<string> Alpn { get; init; } = ["h2", "http/1.1"];

    /// <summary>Whether clients get tickets to resume sessions with (RFC 5077, RFC 8446 4.6.1). Default true.</summary>
    public bool SessionTickets { get; init; } = true;
}
