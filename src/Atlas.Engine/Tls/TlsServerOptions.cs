namespace Atlas.Engine.Tls;

/// <summary>What a <see cref="TlsServerContext"/> is built from. The defaults are Mozilla's intermediate profile, without the
/// ciphers of finite-field Diffie-Hellman, which cost a server much and which no client of the last ten years needs.</summary>
public sealed class TlsServerOptions
{
    /// <summary>The ciphers of TLS 1.2 that are offered without being asked for.</summary>
    public const string DefaultCiphers =
        "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
        + "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

    /// <summary>The cipher suites of TLS 1.3 that are offered without being asked for.</summary>
    public const string DefaultCipherSuites = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";

    /// <summary>The largest number of tickets that a handshake of TLS 1.3 sends.</summary>
    public const int MaxTickets = 8;

    /// <summary>The longest time for which a session can be resumed, in seconds: RFC 8446 4.6.1.</summary>
    public const int MaxSessionSeconds = 7 * 24 * 3600;

    /// <summary>At least one. The first serves clients that ask for a name that none has, and those that ask for none. An RSA and
    /// an ECDSA certificate of one name stand side by side, and each client gets the one it prefers.</summary>
    public required IReadOnlyList<TlsCertificate> Certificates { get; init; }

    /// <summary>The oldest version that is spoken.</summary>
    public TlsVersion MinVersion { get; init; } = TlsVersion.Tls12;

    /// <summary>The ciphers of TLS 1.2, as OpenSSL writes them (openssl-ciphers(1)).</summary>
    public string Ciphers { get; init; } = DefaultCiphers;

    /// <summary>The cipher suites of TLS 1.3.</summary>
    public string CipherSuites { get; init; } = DefaultCipherSuites;

    /// <summary>The groups for the exchange of keys, "X25519:P-256" say; null for X25519, P-256 and P-384, after X25519MLKEM768 where
    /// OpenSSL has it.</summary>
    public string? Groups { get; init; }

    /// <summary>Whether this side's order of ciphers decides, not the client's. ChaCha20 goes first all the same for a client that has
    /// it first, as those without AES in hardware do.</summary>
    public bool PrefersOwnCiphers { get; init; }

    /// <summary>The protocols that are spoken, in the order of preference ("h2", "http/1.1"); empty to leave ALPN alone. A client
    /// that offers some and none of these is refused.</summary>
    public IReadOnlyList<string> Alpn { get; init; } = [];

    /// <summary>The authorities of client certificates in PEM; null to ask for none.</summary>
    public byte[]? ClientCaPem { get; init; }

    /// <summary>Whether a client without a certificate is refused. One with a certificate that is not accepted always is.</summary>
    public bool IsClientCertificateRequired { get; init; }

    /// <summary>Whether clients that ask for a name that no certificate has, or for none, are refused.</summary>
    public bool IsSniStrict { get; init; }

    /// <summary>The keys of session tickets; null to resume no session. Contexts that share them resume each other's sessions if they
    /// ask the same of clients.</summary>
    public TlsTicketKeyRing? TicketKeys { get; init; }

    /// <summary>Tickets that a full handshake of TLS 1.3 sends, 0 to <see cref="MaxTickets"/>: as many connections can a client resume
    /// at once. A resumed one sends one.</summary>
    public int Tickets { get; init; } = 2;

    /// <summary>How long a session can be resumed, in seconds, 1 to <see cref="MaxSessionSeconds"/>, as long as the key of its ticket is
    /// accepted.</summary>
    public int SessionSeconds { get; init; } = TlsTicketKeys.OlderKeys * TlsTicketKeys.PeriodSeconds;
}
