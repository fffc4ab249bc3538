using System.Globalization;
using Atlas.Control.Tls.Reading;
using Atlas.Core.Configuration;
using Atlas.Core.Tls;

namespace Atlas.Control.Tls.Watching;

/// <summary>What is in force now in place of something else, as events.</summary>
internal static class Renewals
{
    // A file of all public authorities has some 150.
    private const int MaxNamed = 3;

    /// <summary>The certificates that changed. O(certificates).</summary>
    public static IEnumerable<CertificateEvent> Find(List<CertificateSlot> before, List<CertificateSlot> after, DateTimeOffset now)
    {
        var old = new Dictionary<(string?, string?, string), CertificateMaterial>();
        foreach (var slot in before)
        {
            old.TryAdd((slot.Listener, slot.Pool, slot.Path), slot.Material);
        }

        foreach (var slot in after)
        {
            if (old.TryGetValue((slot.Listener, slot.Pool, slot.Path), out var material) && !material.Equals(slot.Material))
            {
                var end = DateTimeOffset.FromUnixTimeSeconds(slot.Material.NotAfterUnixSeconds);
                string what = material.Fingerprint != slot.Material.Fingerprint ? "renewed"
                    : material with { OcspDer = slot.Material.OcspDer } == slot.Material ? "has another OCSP response"
                    : "has another chain or form of its key";
                yield return new CertificateEvent(now, CertificateEventKind.Renewed, $"{slot.Text} {what}, valid until {ChainRules.Text(end)}");
            }
        }
    }

    /// <summary>The authorities that changed. O(listeners and pools), squared.</summary>
    public static IEnumerable<CertificateEvent> Find(AtlasConfig config, TlsMaterial before, TlsMaterial after, DateTimeOffset now)
    {
        foreach (var listener in config.Listeners)
        {
            var (old, next) = (before.FindListener(listener.Name)?.ClientAuthorities, after.FindListener(listener.Name)?.ClientAuthorities);
            if (old is not null && next is not null && old != next)
            {
                yield return Of($"listener {listener.Name}", listener.Tls!.ClientCaPath!, next, now);
            }
        }

        foreach (var pool in config.Pools)
        {
            var (old, next) = (before.FindPool(pool.Name)?.Authorities, after.FindPool(pool.Name)?.Authorities);
            if (old is not null && next is not null && old != next)
            {
                yield return Of($"pool {pool.Name}", pool.Tls!.CaPath!, next, now);
            }
        }
    }

    private static CertificateEvent Of(string owner, string path, AuthorityMaterial authorities, DateTimeOffset now)
    {
        int more = authorities.Subjects.Count - MaxNamed;
        string named = string.Join("; ", authorities.Subjects.Take(MaxNamed));
        string rest = more > 0 ? string.Create(CultureInfo.InvariantCulture, $" and {more} more") : "";
        return new CertificateEvent(now, CertificateEventKind.Renewed, $"{owner}: authorities of {path} changed: {named}{rest}");
    }
}
