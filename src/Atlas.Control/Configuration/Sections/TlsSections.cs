using Atlas.Control.Configuration.Keys;
using Atlas.Control.Configuration.Kinds;
using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration.Sections;

/// <summary>The keys of TLS, with clients and with servers.</summary>
internal static class TlsSections
{
    private const int MaxHstsSeconds = 10 * 365 * 86_400;

    private static readonly ScalarKind<TlsVersion> Version = Choices.Of(("1.2", TlsVersion.Tls12), ("1.3", TlsVersion.Tls13));

    /// <summary>An element of <c>certificates</c>.</summary>
    public static Section<CertificateConfig> Certificate { get; } = new Section<CertificateConfig>(
        "certificate", "listeners.NAME.tls.certificates[]", "a certificate",
        "A certificate chain and its key, read again when a file changes.")
        .Key("cert", Texts.FilePath,
            s => s.CertPath, (s, v) => s with { CertPath = v },
            "A PEM file with the chain, the server's own certificate first.", required: true)
        .Key("key", Texts.FilePath,
            s => s.KeyPath, (s, v) => s with { KeyPath = v },
            "A PEM file with the private key, without a passphrase; it may be the same file.", required: true)
        .Key("ocsp", Kind.Optional(Texts.FilePath),
            s => s.OcspPath, (s, v) => s with { OcspPath = v },
            "A DER file with the authority's OCSP response, which clients get with the certificate.");

    /// <summary>A listener's <c>tls</c>.</summary>
    public static Section<ListenerTlsConfig> Listener { get; } = new Section<ListenerTlsConfig>(
        "listener_tls", "listeners.NAME.tls", "a listener's 'tls'",
        "The listener ends the TLS of its clients. The defaults are Mozilla's intermediate profile.")
        .Key("certificates", Kind.ListOf(Kind.Map(Certificate), 1, SectionLimits.Certificates),
            s => s.Certificates, (s, v) => s with { Certificates = v },
            "Chosen by the client's server name; the first is for other names and for none. One name may have an RSA and an ECDSA "
                + "certificate.", required: true)
        .Key("min_version", Version,
            s => s.MinVersion, (s, v) => s with { MinVersion = v },
            "The lowest version of TLS that is spoken.")
        .Key("ciphers", Kind.OneOrMore(TlsNames.Cipher, TlsNames.Max),
            s => s.Ciphers, (s, v) => s with { Ciphers = v },
            "The ciphers of TLS 1.2, the preferred one first.")
        .Key("cipher_suites", Kind.OneOrMore(TlsNames.CipherSuite, TlsNames.Max),
            s => s.CipherSuites, (s, v) => s with { CipherSuites = v },
            "The cipher suites of TLS 1.3, the preferred one first.")
        .Key("curves", Kind.OneOrMore(TlsNames.Curve, TlsNames.Max),
            s => s.Curves, (s, v) => s with { Curves = v },
            "The groups of the key exchange, the preferred one first. What this machine's OpenSSL does not know is left out: "
                + "X25519MLKEM768 needs version 3.5.")
        .Key("client_ca", Kind.Optional(Texts.FilePath),
            s => s.ClientCaPath, (s, v) => s with { ClientCaPath = v },
            "A PEM file of authorities that sign the certificates of clients: mutual TLS.")
        .Key("client_auth", Choices.Of(("require", ClientAuthentication.Require), ("optional", ClientAuthentication.Optional)),
            s => s.ClientAuthentication, (s, v) => s with { ClientAuthentication = v },
            "With `client_ca`: whether a client must show a certificate, or may go without.")
        .Key("strict_sni", Numbers.Bool,
            s => s.StrictSni, (s, v) => s with { StrictSni = v },
            "Whether a handshake for a name that no certificate is for, or for none, is refused instead of getting the first certificate.")
        .Key("alpn", Kind.AnyNumber(Texts.Alpn, SectionLimits.AlpnProtocols),
            s => s.Alpn, (s, v) => s with { Alpn = v },
            "The protocols that are offered, the preferred one first: `h2` and `http/1.1`. TCP: the one that the servers speak.",
            otherwise: "[h2, http/1.1]; with TCP none")
        .Key("session_tickets", Numbers.Bool,
            s => s.SessionTickets, (s, v) => s with { SessionTickets = v },
            "Whether clients get tickets, with which they come back without a whole handshake.");

    /// <summary>A listener's <c>hsts</c>.</summary>
    public static Section<HstsConfig> Hsts { get; } = new Section<HstsConfig>(
        "hsts", "listeners.NAME.hsts", "an 'hsts'",
        "The header `Strict-Transport-Security` of every response. Browsers remember it for `max_age`, so begin with a short one.")
        .Key("max_age", Durations.Seconds(0, MaxHstsSeconds),
            s => s.MaxAgeSeconds, (s, v) => s with { MaxAgeSeconds = v },
            "How long a browser remembers it; 0s: it forgets.")
        .Key("include_subdomains", Numbers.Bool,
            s => s.IncludesSubdomains, (s, v) => s with { IncludesSubdomains = v },
            "Whether it holds for all subdomains.")
        .Key("preload", Numbers.Bool,
            s => s.AllowsPreload, (s, v) => s with { AllowsPreload = v },
            "Whether browsers may be delivered with the name in their list (hstspreload.org); it takes months to come off it.");

    /// <summary>A pool's <c>tls</c>.</summary>
    public static Section<PoolTlsConfig> Pool { get; } = Client(new Section<PoolTlsConfig>(
        "pool_tls", "pools.NAME.tls", "a pool's 'tls'", "TLS towards the servers. ALPN offers what the pool's `protocol` says."));

    /// <summary>A store's <c>tls</c>.</summary>
    public static Section<PoolTlsConfig> Store { get; } = Client(new Section<PoolTlsConfig>(
        "store_tls", "stores.NAME.tls", "a store's 'tls'", "TLS towards Redis."));

    private static Section<PoolTlsConfig> Client(Section<PoolTlsConfig> section) => section
        .Key("ca", Kind.Optional(Texts.FilePath, "the system's"),
            s => s.CaPath, (s, v) => s with { CaPath = v },
            "A PEM file of the authorities that are trusted.")
        .Key("server_name", Kind.Optional(Addresses.DnsName, "the server's host"),
            s => s.ServerName, (s, v) => s with { ServerName = v },
            "The name that is sent and that the certificate must have.")
        .Key("verify", Numbers.Bool, s => s.Verify, (s, v) => s with { Verify = v }, "Whether the certificate is checked.")
        .Key("cert", Kind.Optional(Texts.FilePath),
            s => s.CertPath, (s, v) => s with { CertPath = v },
            "A PEM file with the certificate that servers are shown which ask for one, and its chain.")
        .Key("key", Kind.Optional(Texts.FilePath),
            s => s.KeyPath, (s, v) => s with { KeyPath = v },
            "A PEM file with its private key.")
        .Key("min_version", Version,
            s => s.MinVersion, (s, v) => s with { MinVersion = v },
            "The lowest version of TLS that is spoken.");
}
