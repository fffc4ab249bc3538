using Atlas.Control.Health;
using Atlas.Core.Configuration;
using Atlas.Core.Tls;
using Atlas.Engine.Tls;
using Atlas.Proxy.Snapshots;
using EngineVersion = Atlas.Engine.Tls.TlsVersion;
using WrittenVersion = Atlas.Core.Configuration.TlsVersion;

namespace Atlas.Running.Tls;

/// <summary>What TLS goes by, of one configuration and of its files as they were read. Immutable: the next one takes over what has
/// not changed, so that clients go on with the tickets that they have.</summary>
internal sealed class TlsContexts : ITlsContexts
{
    // Of those that the reference names, the one that needs OpenSSL 3.5.
    private const string NewestGroup = "X25519MLKEM768";

    private readonly Dictionary<string, ListenerTls> _listeners = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PoolTls> _pools = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StoreTls> _stores = new(StringComparer.Ordinal);

    private TlsContexts()
    {
    }

    /// <summary>That of a configuration without TLS.</summary>
    internal static TlsContexts None { get; } = new();

    /// <inheritdoc/>
    public TlsServerContext? OfListener(string name) => _listeners.GetValueOrDefault(name)?.Context;

    /// <inheritdoc/>
    public TlsClientContext? OfPool(string name) => _pools.GetValueOrDefault(name)?.Context;

    /// <inheritdoc/>
    public TlsClientContext? OfStore(string name) => _stores.GetValueOrDefault(name)?.Context;

    /// <summary>Towards the servers of a pool, for their probes; null: the pool has no TLS.</summary>
    internal ProbeTls? ProbesOf(string pool) => _pools.GetValueOrDefault(pool)?.Probes;

    /// <summary>Towards the servers and sentinels of a store, to ask them where it is; null: it has no TLS.</summary>
    internal ProbeTls? QueriesOf(string store) => _stores.GetValueOrDefault(store)?.Queries;

    /// <summary>Makes what TLS goes by next.</summary>
    /// <param name="config">A configuration without errors.</param>
    /// <param name="material">What was read of the files that it names.</param>
    /// <param name="tickets">The keys of tickets.</param>
    /// <exception cref="IOException">Nothing can be served with it.</exception>
    internal TlsContexts Next(AtlasConfig config, TlsMaterial material, TlsTicketKeyRing tickets)
    {
        var next = new TlsContexts();
        foreach (ListenerConfig listener in config.Listeners)
        {
            if (listener.Tls is { } written && material.FindListener(listener.Name) is { } files)
            {
                ListenerTls? before = _listeners.GetValueOrDefault(listener.Name);
                next._listeners[listener.Name] = before is not null && before.Written == written && before.Files == files
                    ? before
                    : new ListenerTls(written, files, ContextOf(listener, written, files, tickets));
            }
        }

        foreach (PoolConfig pool in config.Pools)
        {
            if (pool.Tls is { } written && material.FindPool(pool.Name) is { } files)
            {
                PoolTls? before = _pools.GetValueOrDefault(pool.Name);
                string[] alpn = AlpnOf(config, pool);
                next._pools[pool.Name] =
                    before is not null && before.Written == written && before.Files == files && before.Alpn.SequenceEqual(alpn)
                        ? before
                        : new PoolTls(written, files, alpn, ContextOf($"pool {pool.Name}", written, files, alpn), new ProbeTls(written, files));
            }
        }

        foreach (StoreConfig store in config.Stores)
        {
            if (store.TlsInUse is { } written && material.FindStore(store.Name) is { } files)
            {
                StoreTls? before = _stores.GetValueOrDefault(store.Name);
                next._stores[store.Name] = before is not null && before.Written == written && before.Files == files
                    ? before
                    : new StoreTls(written, files, ContextOf($"store {store.Name}", written, files, alpn: []), new ProbeTls(written, files));
            }
        }

        return next;
    }

    // Over TCP whatever the clients speak goes through, of which nothing is known.
    private static string[] AlpnOf(AtlasConfig config, PoolConfig pool) => pool.Protocol switch
    {
        UpstreamProtocol.Http2 => ["h2"],
        UpstreamProtocol.Auto => ["h2", "http/1.1"],
        UpstreamProtocol.Http1 when config.Listeners.Any(listener => listener.Protocol == ListenerProtocol.Tcp && IsNamedBy(listener, pool)) => [],
        UpstreamProtocol.Http1 or _ => ["http/1.1"],
    };

    private static bool IsNamedBy(ListenerConfig listener, PoolConfig pool) =>
        listener.Pool == pool.Name
        || listener.Sni?.DefaultPool == pool.Name
        || listener.Sni?.Rules.Any(rule => rule.Pool == pool.Name) == true
        || listener.Alpn.Any(rule => rule.Pool == pool.Name);

    private static TlsClientContext ContextOf(string owner, PoolTlsConfig written, PoolTlsMaterial files, string[] alpn)
    {
        try
        {
            return new TlsClientContext(new TlsClientOptions
            {
                CaPem = files.Authorities is { } authorities ? [.. authorities.Pem] : null,
                IsVerified = written.Verify,
                Certificate = files.Certificate is { } certificate ? CertificateOf(certificate) : null,
                MinVersion = written.MinVersion == WrittenVersion.Tls13 ? EngineVersion.Tls13 : EngineVersion.Tls12,
                Alpn = alpn,
            });
        }
        catch (TlsException e)
        {
            throw new IOException($"{owner}: {e.Message}", e);
        }
    }

    private static TlsServerContext ContextOf(
        ListenerConfig listener, ListenerTlsConfig written, ListenerTlsMaterial files, TlsTicketKeyRing tickets)
    {
        if (!written.Source.IsWritten("curves"))
        {
            return ContextOf(listener, written, files, tickets, groups: null);
        }

        try
        {
            return ContextOf(listener, written, files, tickets, string.Join(':', written.Curves));
        }
        catch (IOException) when (written.Curves is [var first, _, ..] && first == NewestGroup)
        {
            // OpenSSL refuses the list for one name that it does not know, and this one is newer than most.
            return ContextOf(listener, written, files, tickets, string.Join(':', written.Curves.Skip(1)));
        }
    }

    private static TlsServerContext ContextOf(
        ListenerConfig listener, ListenerTlsConfig written, ListenerTlsMaterial files, TlsTicketKeyRing tickets, string? groups)
    {
        try
        {
            return new TlsServerContext(new TlsServerOptions
            {
                Certificates = [.. files.Certificates.Select(CertificateOf)],
                MinVersion = written.MinVersion == WrittenVersion.Tls13 ? EngineVersion.Tls13 : EngineVersion.Tls12,
                Ciphers = string.Join(':', written.Ciphers),
                PrefersOwnCiphers = true,
                CipherSuites = string.Join(':', written.CipherSuites),
                Groups = groups,
                Alpn = AlpnOf(listener, written),
                ClientCaPem = files.ClientAuthorities is { } authorities ? [.. authorities.Pem] : null,
                IsClientCertificateRequired = written.ClientAuthentication == ClientAuthentication.Require,
                IsSniStrict = written.StrictSni,
                TicketKeys = written.SessionTickets ? tickets : null,
            });
        }
        catch (TlsException e)
        {
            throw new IOException($"listener {listener.Name}: {e.Message}", e);
        }
    }

    // Who speaks HTTP/1.1 speaks HTTP/1.0, and some clients offer nothing else (curl --http1.0): refused, they would fail over TLS
    // alone. nginx takes it likewise.
    private static string[] AlpnOf(ListenerConfig listener, ListenerTlsConfig written) =>
        listener.Protocol == ListenerProtocol.Http && written.Alpn.Contains("http/1.1") ? [.. written.Alpn, "http/1.0"] : [.. written.Alpn];

    private static TlsCertificate CertificateOf(CertificateMaterial certificate) => new()
    {
        Label = certificate.Title,
        ChainPem = [.. certificate.ChainPem],
        KeyPem = [.. certificate.KeyPem],
        OcspResponse = certificate.OcspDer is { } ocsp ? [.. ocsp] : null,
        Names = [.. certificate.Names],
    };

    private sealed record PoolTls(
        PoolTlsConfig Written, PoolTlsMaterial Files, string[] Alpn, TlsClientContext Context, ProbeTls Probes);

    private sealed record StoreTls(PoolTlsConfig Written, PoolTlsMaterial Files, TlsClientContext Context, ProbeTls Queries);

    private sealed record ListenerTls(ListenerTlsConfig Written, ListenerTlsMaterial Files, TlsServerContext Context);
}
