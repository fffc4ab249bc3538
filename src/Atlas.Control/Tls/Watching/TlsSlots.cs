using Atlas.Core.Configuration;
using Atlas.Core.Tls;

namespace Atlas.Control.Tls.Watching;

/// <summary>All places of a configuration that name files of TLS, with what is in force there. Immutable.</summary>
/// <param name="Certificates">Those of certificates, in the configuration's order.</param>
/// <param name="Authorities">Those of authorities, in the configuration's order.</param>
internal sealed record TlsSlots(IReadOnlyList<CertificateSlot> Certificates, IReadOnlyList<AuthoritySlot> Authorities)
{
    /// <summary>Those of a configuration without TLS.</summary>
    public static TlsSlots None { get; } = new([], []);

    /// <summary>All of them.</summary>
    public IEnumerable<TlsSlot> All => Certificates.Concat<TlsSlot>(Authorities);

    /// <summary>When what is in force ends: what messages call it, which certificate it is, when, and what comes of it.</summary>
    /// <param name="now">The time.</param>
    public IEnumerable<(string Name, string Fingerprint, DateTimeOffset End, string Outcome)> EndsAt(DateTimeOffset now)
    {
        foreach (var slot in Certificates)
        {
            var material = slot.Material;
            yield return (slot.Text, material.Fingerprint, TimeOf(material.NotAfterUnixSeconds), ExpiryWarnings.OfCertificate);
        }

        foreach (var slot in Authorities)
        {
            foreach (var one in slot.Material.OfConcernAt(now.ToUnixTimeSeconds()))
            {
                yield return ($"{slot.Text}: {one.Subject}", one.Fingerprint, TimeOf(one.NotAfterUnixSeconds), ExpiryWarnings.OfAuthority);
            }
        }
    }

    /// <summary>Those of a configuration.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="material">What is in force of the files that it names.</param>
    public static TlsSlots Of(AtlasConfig config, TlsMaterial material)
    {
        var certificates = new List<CertificateSlot>();
        var authorities = new List<AuthoritySlot>();
        foreach (var listener in config.Listeners)
        {
            if (listener.Tls is { } tls && material.FindListener(listener.Name) is { } loaded)
            {
                var owner = new TlsOwner(TlsOwnerKind.Listener, listener.Name);
                certificates.AddRange(tls.Certificates.Zip(loaded.Certificates, (written, own) => new CertificateSlot(owner, written, own)));
                Add(authorities, owner, tls.ClientCaPath, loaded.ClientAuthorities);
            }
        }

        var clients = config.Pools.Select(pool => (TlsOwnerKind.Pool, pool.Name, pool.Tls, material.FindPool(pool.Name)))
            .Concat(config.Stores.Select(store => (TlsOwnerKind.Store, store.Name, store.TlsInUse, material.FindStore(store.Name))));
        foreach (var (kind, name, tls, loaded) in clients)
        {
            if (tls is null || loaded is null)
            {
                continue;
            }

            var owner = new TlsOwner(kind, name);
            if (TlsFiles.CertificateOf(tls) is { } written && loaded.Certificate is { } own)
            {
                certificates.Add(new CertificateSlot(owner, written, own));
            }

            Add(authorities, owner, tls.CaPath, loaded.Authorities);
        }

        return new TlsSlots(certificates, authorities);
    }

    private static void Add(List<AuthoritySlot> slots, TlsOwner owner, string? path, AuthorityMaterial? material)
    {
        if (path is not null && material is not null)
        {
            slots.Add(new AuthoritySlot(owner, path, material));
        }
    }

    private static DateTimeOffset TimeOf(long unixSeconds) => DateTimeOffset.FromUnixTimeSeconds(unixSeconds);
}
