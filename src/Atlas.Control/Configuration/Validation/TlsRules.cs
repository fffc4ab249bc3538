using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration.Validation;

/// <summary>Which keys go with TLS, and with each other in it.</summary>
internal static class TlsRules
{
    private static readonly string[] HttpProtocols = ["h2", "http/1.1"];

    /// <summary>Adds an error for every rule that the listener breaks. Of protocol udp and mode kernel others know.</summary>
    public static void Check(ListenerConfig listener, Findings findings)
    {
        if (listener.Http3)
        {
            findings.Add(
                listener,
                "http3",
                "HTTP/3 is not available: it needs QUIC, which this version does not have; remove 'http3', and clients use HTTP/2");
        }

        if (listener.Protocol == ListenerProtocol.Udp)
        {
            return;
        }

        if (listener.Tls is { } tls)
        {
            Check(listener, tls, findings);
        }
        else
        {
            findings.Forbid(listener.Timeouts, ["handshake"], "needs 'tls', and this listener has none: remove it, or write tls: { certificates: … }");
            if (listener.Protocol == ListenerProtocol.Http)
            {
                findings.Forbid(listener, ["hsts"], "needs 'tls': browsers do not believe it in plain text (RFC 6797 8.1); write it where TLS ends");
            }
        }

        if (listener.Hsts is { AllowsPreload: true } hsts && (!hsts.IncludesSubdomains || hsts.MaxAgeSeconds < HstsConfig.MinPreloadSeconds))
        {
            findings.Add(
                hsts,
                "preload",
                "preload needs include_subdomains: true and a max_age of at least 365d (hstspreload.org): write them, or remove 'preload'");
        }
    }

    /// <summary>Adds an error for every rule that the pool breaks.</summary>
    public static void Check(PoolConfig pool, Findings findings)
    {
        if (pool.Protocol == UpstreamProtocol.Http1)
        {
            findings.Forbid(pool, ["max_streams"], "needs HTTP/2, and this pool speaks HTTP/1.1: write protocol: http2 or auto, or remove it");
        }

        if (pool.Tls is not { } tls)
        {
            return;
        }

        Check(tls, findings);
        if (tls is { Verify: true, ServerName: null } && pool.Servers.FirstOrDefault(server => server.Address?.UnixPath is not null) is { } server)
        {
            findings.Add(
                tls.Position,
                $"'{server.Address}' is a Unix socket and has no host name that its certificate could have: write server_name in 'tls'");
        }
    }

    /// <summary>Adds an error for every rule that TLS towards servers breaks by itself.</summary>
    public static void Check(PoolTlsConfig tls, Findings findings)
    {
        if (tls is { Verify: false, CaPath: not null })
        {
            findings.Add(tls, "ca", "'ca' has no effect with verify: false: remove one of them");
        }

        if (tls.CertPath is null != tls.KeyPath is null)
        {
            (string has, string needs) = tls.KeyPath is null ? ("cert", "key") : ("key", "cert");
            findings.Add(tls, has, $"'{has}' needs '{needs}': a certificate is shown together with its private key");
        }
    }

    private static void Check(ListenerConfig listener, ListenerTlsConfig tls, Findings findings)
    {
        if (tls.ClientCaPath is null)
        {
            findings.Forbid(tls, ["client_auth"], "needs 'client_ca', a file of the authorities that clients' certificates are signed by");
        }

        if (tls.MinVersion == TlsVersion.Tls13)
        {
            findings.Forbid(tls, ["ciphers"], "is for TLS 1.2, and min_version is 1.3: remove it, or write 'cipher_suites'");
        }

        Unique(tls, "ciphers", tls.Ciphers, findings);
        Unique(tls, "cipher_suites", tls.CipherSuites, findings);
        Unique(tls, "curves", tls.Curves, findings);
        Unique(tls, "alpn", tls.Alpn, findings);
        if (listener.Protocol == ListenerProtocol.Http && tls.Alpn.FirstOrDefault(name => !HttpProtocols.Contains(name)) is { } other)
        {
            findings.Add(tls, "alpn", $"'{other}' is not spoken by an HTTP listener: allowed are h2 and http/1.1");
        }

        if (listener.Protocol == ListenerProtocol.Tcp && tls.Alpn.Count > 1)
        {
            findings.Add(
                tls,
                "alpn",
                "a TCP listener passes bytes on without saying which of several protocols a client agreed on: write the one that the servers speak");
        }
    }

    private static void Unique(ListenerTlsConfig tls, string key, ValueList<string> names, Findings findings)
    {
        if (names.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            findings.Add(tls, key, $"'{twice.Key}' stands in '{key}' twice: remove one");
        }
    }
}
