using System.Globalization;
using Atlas.Control.Tls.Reading;

namespace Atlas.Control.Tls.Watching;

/// <summary>Warns of certificates that end soon, of each once at each threshold. One caller at a time.</summary>
internal sealed class ExpiryWarnings
{
    private static readonly TimeSpan[] Thresholds = [TimeSpan.FromDays(30), TimeSpan.FromDays(7), TimeSpan.FromDays(1), TimeSpan.Zero];

    /// <summary>How long before the end the first warning comes.</summary>
    public static TimeSpan First => Thresholds[0];

    // By fingerprint, how many thresholds were warned of.
    private Dictionary<string, int> _warned = new(StringComparer.Ordinal);

    /// <summary>What is to be told now; what it was told of before is left out. O(certificates).</summary>
    /// <param name="slots">The certificates in force.</param>
    /// <param name="now">The time.</param>
    public List<CertificateEvent> Find(List<CertificateSlot> slots, DateTimeOffset now)
    {
        var events = new List<CertificateEvent>();
        var warned = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var slot in slots)
        {
            var end = DateTimeOffset.FromUnixTimeSeconds(slot.Material.NotAfterUnixSeconds);
            int passed = Thresholds.Count(threshold => end - now <= threshold);
            int before = _warned.GetValueOrDefault(slot.Material.Fingerprint);
            if (passed > before && !warned.ContainsKey(slot.Material.Fingerprint))
            {
                bool isOver = passed == Thresholds.Length;
                events.Add(new CertificateEvent(
                    now, isOver ? CertificateEventKind.Expired : CertificateEventKind.Expiring, $"{slot.Text} {Text(end, now, isOver)}"));
            }

            warned[slot.Material.Fingerprint] = Math.Max(passed, before);
        }

        // What is in force no more is forgotten.
        _warned = warned;
        return events;
    }

    /// <summary>What is said of one that is not valid yet.</summary>
    public static string TextOfEarly(DateTimeOffset begin) => $"is not valid before {ChainRules.Text(begin)}: peers refuse it until then";

    /// <summary>What is said of one near its end, or past it.</summary>
    public static string Text(DateTimeOffset end, DateTimeOffset now, bool isOver)
    {
        var left = end - now;
        string time = left.TotalDays >= 2
            ? string.Create(CultureInfo.InvariantCulture, $"{left.TotalDays:0} days")
            : string.Create(CultureInfo.InvariantCulture, $"{left.TotalHours:0} hours");
        return isOver
            ? $"expired on {ChainRules.Text(end)}: peers refuse it, so renew it"
            : $"expires in {time}, on {ChainRules.Text(end)}: renew it";
    }
}
