using System.Globalization;

namespace Atlas.Control.Tls.Watching;

/// <summary>What happened to places that name files of TLS, as events: one for each text, whoever uses the file.</summary>
internal static class Renewals
{
    // One certificate may be for a hundred listeners.
    private const int MaxNamed = 3;

    /// <summary>What is in force now in place of something else. O(slots).</summary>
    public static IEnumerable<CertificateEvent> Find(TlsSlots before, TlsSlots after, DateTimeOffset now)
    {
        var old = ByKey(before);
        return Of(CertificateEventKind.Renewed, Changed().ToList(), now);

        IEnumerable<(TlsSlot Slot, string Text)> Changed()
        {
            foreach (var slot in after.All)
            {
                if (old.TryGetValue(slot.Key, out var earlier) && !slot.HasSame(earlier))
                {
                    yield return (slot, slot.ChangeFrom(earlier));
                }
            }
        }
    }

    /// <summary>The same text for each of the owners of a file.</summary>
    public static IEnumerable<CertificateEvent> Of(
        CertificateEventKind kind, IReadOnlyList<(TlsSlot Slot, string Text)> changes, DateTimeOffset now) =>
        changes.GroupBy(change => change.Text).Select(same =>
        {
            var owners = same.Select(change => change.Slot.Owner).GroupBy(owner => owner.Kind)
                .OrderBy(owners => owners.Key)
                .Select(owners => Named(TlsOwner.WordOf(owners.Key), [.. owners.Select(owner => owner.Name)]));
            return new CertificateEvent(now, kind, $"{string.Join(" and ", owners)}: {same.Key}");
        });

    /// <summary>The slots by their keys; of those with the same the first.</summary>
    public static Dictionary<(Type Kind, TlsOwner Owner, string Path), TlsSlot> ByKey(TlsSlots slots)
    {
        var byKey = new Dictionary<(Type Kind, TlsOwner Owner, string Path), TlsSlot>();
        foreach (var slot in slots.All)
        {
            byKey.TryAdd(slot.Key, slot);
        }

        return byKey;
    }

    /// <summary>What stands behind a list that is cut: <c> and 2 more</c>, or nothing.</summary>
    public static string More(int count, int max) =>
        count > max ? string.Create(CultureInfo.InvariantCulture, $" and {count - max} more") : "";

    // "listener a", "listeners a, b", "listeners a, b, c and 2 more".
    private static string Named(string what, string[] names) =>
        $"{what}{(names.Length > 1 ? "s" : "")} {string.Join(", ", names.Take(MaxNamed))}{More(names.Length, MaxNamed)}";
}
