using Atlas.Control.Tls.Reading;

namespace Atlas.Control.Tls.Watching;

/// <summary>Why files are not used as they are now, and of which that was said, so that its end can be said, too. One caller at a
/// time.</summary>
internal sealed class SlotProblems
{
    private HashSet<(Type Kind, TlsOwner Owner, string Path)> _said = [];
    private LoadedItems _items = new();
    private string? _refusal;

    /// <summary>Goes by another reading.</summary>
    /// <param name="items">What it found.</param>
    /// <param name="refusal">Why that is not in force as a whole; null: it is.</param>
    public void Set(LoadedItems items, string? refusal = null) => (_items, _refusal) = (items, refusal);

    /// <summary>Why the files of a place are not used as they are now; null: they are.</summary>
    public string? Of(TlsSlot slot) => slot.ProblemIn(_items) ?? (_refusal is null || slot.IsAsIn(_items) ? null : _refusal);

    /// <summary>All problems of the moment have been said.</summary>
    public void Said(TlsSlots slots) => _said.UnionWith(slots.All.Where(slot => Of(slot) is not null).Select(slot => slot.Key));

    /// <summary>The ends of problems that were said. Where something else came into force, that says it. O(slots).</summary>
    public IEnumerable<CertificateEvent> FindEnds(TlsSlots before, TlsSlots after, DateTimeOffset now)
    {
        var old = Renewals.ByKey(before);
        var ended = after.All.Where(slot => _said.Contains(slot.Key) && Of(slot) is null).ToList();
        _said = [.. after.All.Where(slot => _said.Contains(slot.Key) && Of(slot) is not null).Select(slot => slot.Key)];
        return Renewals.Of(
            CertificateEventKind.Restored,
            [
                .. ended.Where(slot => old.TryGetValue(slot.Key, out var earlier) && slot.HasSame(earlier))
                    .Select(slot => (slot, $"{slot.Title}: what the files have can be used again, and is in force")),
            ],
            now);
    }
}
