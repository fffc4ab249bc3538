using Atlas.Core.Configuration;
using Atlas.Core.Tls;

namespace Atlas.Control.Tls.Watching;

/// <summary>A place of the configuration that a certificate stands in, with the one that is there.</summary>
/// <param name="Listener">The listener's name, or null.</param>
/// <param name="Pool">The pool's name, or null.</param>
/// <param name="Path">The certificate's file, as it is written.</param>
/// <param name="Source">Where it is written.</param>
/// <param name="Material">What is there.</param>
internal sealed record CertificateSlot(string? Listener, string? Pool, string Path, SectionSource Source, CertificateMaterial Material)
{
    /// <summary>What messages call it: <c>listener secure: certificate a.example (certs/a.pem)</c>.</summary>
    public string Text => $"{(Listener is null ? $"pool {Pool}" : $"listener {Listener}")}: certificate {Material.Title} ({Path})";

    /// <summary>All places, in the configuration's order.</summary>
    public static List<CertificateSlot> All(AtlasConfig config, TlsMaterial material)
    {
        var slots = new List<CertificateSlot>();
        foreach (var listener in config.Listeners)
        {
            if (listener.Tls is { } tls && material.FindListener(listener.Name) is { } loaded)
            {
                slots.AddRange(tls.Certificates.Zip(loaded.Certificates, (written, own) =>
                    new CertificateSlot(listener.Name, null, written.CertPath, written.Source, own)));
            }
        }

        foreach (var pool in config.Pools)
        {
            if (pool.Tls is { CertPath: { } path } tls && material.FindPool(pool.Name)?.Certificate is { } own)
            {
                slots.Add(new CertificateSlot(null, pool.Name, path, tls.Source, own));
            }
        }

        return slots;
    }
}
