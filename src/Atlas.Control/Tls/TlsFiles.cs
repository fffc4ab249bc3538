using Atlas.Control.Configuration;
using Atlas.Control.Tls.Reading;
using Atlas.Core.Configuration;
using Atlas.Core.Tls;

namespace Atlas.Control.Tls;

/// <summary>Reads and checks the files of TLS that a configuration names. Nothing that they contain makes it throw.</summary>
public static class TlsFiles
{
    /// <summary>The most bytes of a file; chains have some KiB, and all public authorities together a quarter of it.</summary>
    public const int MaxFileBytes = 1024 * 1024;

    /// <summary>The most certificates of a chain, the own one included.</summary>
    public const int MaxChain = 10;

    /// <summary>Reads all of them, those that are named twice once. Blocks for as long as the file system does.</summary>
    /// <param name="config">A configuration without errors.</param>
    /// <param name="now">The time that certificates must be valid at.</param>
    /// <param name="earlier">An earlier reading: what it read under the same paths stays where files are broken, missing or half
    /// written now.</param>
    /// <param name="isUnasked">Whether nobody asked for the reading, but files have changed: certificates that have expired, or that lack
    /// names of those that they replace, do not replace them then.</param>
    public static TlsLoading Load(AtlasConfig config, DateTimeOffset now, TlsLoading? earlier = null, bool isUnasked = false)
    {
        var session = new LoadSession(config.FileName, now, earlier?.Items, isUnasked);
        var certificates = new CertificateLoader(session);
        var authorities = new AuthorityLoader(session);
        var listeners = new List<ListenerTlsMaterial>();
        foreach (var listener in config.Listeners)
        {
            if (listener.Tls is { } tls)
            {
                listeners.Add(Load(listener, tls, certificates, authorities, session));
            }
        }

        var pools = new List<PoolTlsMaterial>();
        foreach (var pool in config.Pools)
        {
            if (pool.Tls is { } tls)
            {
                pools.Add(Load(pool.Name, tls, certificates, authorities));
            }
        }

        var stores = new List<PoolTlsMaterial>();
        foreach (var store in config.Stores)
        {
            if (store.TlsInUse is { } tls)
            {
                stores.Add(Load(store.Name, tls, certificates, authorities));
            }
        }

        return session.End(new TlsMaterial([.. listeners], [.. pools]) { Stores = [.. stores] });
    }

    /// <summary>The absolute paths of the files that TLS needs, each once.</summary>
    internal static IEnumerable<string> PathsOf(AtlasConfig config)
    {
        var listeners = config.Listeners.Select(listener => listener.Tls).OfType<ListenerTlsConfig>();
        var pools = config.Pools.Select(pool => pool.Tls).Concat(config.Stores.Select(store => store.TlsInUse)).OfType<PoolTlsConfig>();
        return listeners
            .SelectMany(tls => tls.Certificates.SelectMany(one => new[] { one.CertPath, one.KeyPath, one.OcspPath }).Append(tls.ClientCaPath))
            .Concat(pools.SelectMany(tls => new[] { tls.CaPath, tls.CertPath, tls.KeyPath }))
            .OfType<string>()
            .Select(path => ConfigPaths.Resolve(path, config.FileName))
            .Distinct(StringComparer.Ordinal);
    }

    /// <summary>The files of what a pool shows its servers; null: it shows nothing.</summary>
    internal static CertificateConfig? CertificateOf(PoolTlsConfig tls) => tls is { CertPath: { } cert, KeyPath: { } key }
        ? new CertificateConfig { CertPath = cert, KeyPath = key, Source = tls.Source }
        : null;

    private static ListenerTlsMaterial Load(
        ListenerConfig listener,
        ListenerTlsConfig tls,
        CertificateLoader certificates,
        AuthorityLoader authorities,
        LoadSession session)
    {
        var loaded = new List<CertificateMaterial>();
        var taken = new CertificateOwners(listener.Name, session);
        foreach (var config in tls.Certificates)
        {
            if (certificates.Load(config, CertificateUse.Server) is { } material)
            {
                loaded.Add(material);
                taken.Add(config, material);
            }
        }

        CipherRules.Check(tls, loaded, session);
        var clients = tls.ClientCaPath is { } path ? authorities.Load(path, "client_ca", tls.Source.PositionOf("client_ca")) : null;
        return new ListenerTlsMaterial(listener.Name, [.. loaded], clients);
    }

    private static PoolTlsMaterial Load(string name, PoolTlsConfig tls, CertificateLoader certificates, AuthorityLoader authorities)
    {
        var trusted = tls.CaPath is { } path ? authorities.Load(path, "ca", tls.Source.PositionOf("ca")) : null;
        var shown = CertificateOf(tls) is { } own ? certificates.Load(own, CertificateUse.Client) : null;
        return new PoolTlsMaterial(name, trusted, shown);
    }
}
