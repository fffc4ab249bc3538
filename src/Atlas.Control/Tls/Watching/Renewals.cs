using System.Globalization;
using Atlas.Control.Tls.Reading;
using Atlas.Core.Configuration;
using Atlas.Core.Tls;

namespace Atlas.Control.Tls.Watching;

/// <summary>What is in force now in place of something else, as events: one for each file, whoever uses it.</summary>
internal static class Renewals
{
    // A file of all public authorities has some 150, and one certificate may be for a hundred listeners.
    private const int MaxNamed = 3;

    /// <summary>The certificates that changed. O(certificates).</summary>
    public static IEnumerable<CertificateEvent> Find(List<CertificateSlot> before, List<CertificateSlot> after, DateTimeOffset now)
    {
        var old = new Dictionary<(string?, string?, string), CertificateMaterial>();
        foreach (var slot in before)
        {
            old.TryAdd((slot.Listener, slot.Pool, slot.Path), slot.Material);
        }

        var changed = new List<(CertificateSlot Slot, string Text)>();
        foreach (var slot in after)
        {
            if (old.TryGetValue((slot.Listener, slot.Pool, slot.Path), out var material) && !material.Equals(slot.Material))
            {
                var end = DateTimeOffset.FromUnixTimeSeconds(slot.Material.NotAfterUnixSeconds);
                string what = material.Fingerprint != slot.Material.Fingerprint ? "renewed"
                    : material with { OcspDer = slot.Material.OcspDer } == slot.Material ? "has another OCSP response"
                    : "has another chain or form of its key";
                changed.Add((slot, $"certificate {slot.Material.Title} ({slot.Path}) {what}, valid until {ChainRules.Text(end)}"));
            }
        }

        return changed.GroupBy(one => one.Text).Select(same => Of(
            [.. same.Select(one => one.Slot.Listener).OfType<string>()], [.. same.Select(one => one.Slot.Pool).OfType<string>()], same.Key, now));
    }

    /// <summary>The authorities that changed. O(listeners and pools), squared.</summary>
    public static IEnumerable<CertificateEvent> Find(AtlasConfig config, TlsMaterial before, TlsMaterial after, DateTimeOffset now)
    {
        var changed = new List<(string? Listener, string? Pool, string Text)>();
        foreach (var listener in config.Listeners)
        {
            var (old, next) = (before.FindListener(listener.Name)?.ClientAuthorities, after.FindListener(listener.Name)?.ClientAuthorities);
            if (old is not null && next is not null && old != next)
            {
                changed.Add((listener.Name, null, TextOf(listener.Tls!.ClientCaPath!, next)));
            }
        }

        foreach (var pool in config.Pools)
        {
            var (old, next) = (before.FindPool(pool.Name)?.Authorities, after.FindPool(pool.Name)?.Authorities);
            if (old is not null && next is not null && old != next)
            {
                changed.Add((null, pool.Name, TextOf(pool.Tls!.CaPath!, next)));
            }
        }

        return changed.GroupBy(one => one.Text).Select(same => Of(
            [.. same.Select(one => one.Listener).OfType<string>()], [.. same.Select(one => one.Pool).OfType<string>()], same.Key, now));
    }

    private static CertificateEvent Of(string[] listeners, string[] pools, string text, DateTimeOffset now)
    {
        string[] owners = [.. Named("listener", listeners), .. Named("pool", pools)];
        return new CertificateEvent(now, CertificateEventKind.Renewed, $"{string.Join(" and ", owners)}: {text}");
    }

    // "listener a", "listeners a, b", "listeners a, b, c and 2 more".
    private static IEnumerable<string> Named(string what, string[] names)
    {
        if (names.Length > 0)
        {
            yield return $"{what}{(names.Length > 1 ? "s" : "")} {string.Join(", ", names.Take(MaxNamed))}{More(names.Length)}";
        }
    }

    private static string TextOf(string path, AuthorityMaterial authorities) =>
        $"authorities of {path} changed: {string.Join("; ", authorities.Subjects.Take(MaxNamed))}{More(authorities.Subjects.Count)}";

    private static string More(int count) =>
        count > MaxNamed ? string.Create(CultureInfo.InvariantCulture, $" and {count - MaxNamed} more") : "";
}
