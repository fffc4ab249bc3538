namespace Atlas.Engine.Tls;

/// <summary>What a <see cref="TlsClientContext"/> is built from.</summary>
public sealed class TlsClientOptions
{
    /// <summary>The authorities of servers' certificates in PEM; null for those that the system trusts.</summary>
    public byte[]? CaPem { get; init; }

    /// <summary>Whether a server's certificate must come from one of the authorities, be valid, and carry the name that is asked
    /// for. Without it whoever is on the way can be the server.</summary>
    public bool IsVerified { get; init; } = true;

    /// <summary>The certificate that is shown to servers that ask for one; null for none. Its names do not matter.</summary>
    public TlsCertificate? Certificate { get; init; }

    /// <summary>The oldest version that is spoken.</summary>
    public TlsVersion MinVersion { get; init; } = TlsVersion.Tls12;

    /// <summary>The newest version that is spoken.</summary>
    public TlsVersion MaxVersion { get; init; } = TlsVersion.Tls13;

    /// <summary>The ciphers of TLS 1.2, as OpenSSL writes them (openssl-ciphers(1)).</summary>
    public string Ciphers { get; init; } = TlsServerOptions.DefaultCiphers;

    /// <summary>The cipher suites of TLS 1.3.</summary>
    public string CipherSuites { get; init; } = TlsServerOptions.DefaultCipherSuites;

    /// <summary>The groups for the exchange of keys; null as in <see cref="TlsServerOptions.Groups"/>.</summary>
    public string? Groups { get; init; }

    /// <summary>The protocols that are offered, in the order of preference; empty to leave ALPN alone.</summary>
    public IReadOnlyList<string> Alpn { get; init; } = [];
}
