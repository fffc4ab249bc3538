using System.Globalization;
using Atlas.Control.Tls.Reading;

namespace Atlas.Control.Tls.Watching;

/// <summary>Warns of certificates that end soon, of each once at each threshold. One caller at a time.</summary>
internal sealed class ExpiryWarnings
{
    /// <summary>What comes of a certificate that is not valid.</summary>
    public const string OfCertificate = "peers refuse it";

    /// <summary>What comes of an authority's that is not valid.</summary>
    public const string OfAuthority = "nothing it signed is believed";

    private static readonly TimeSpan[] Thresholds = [TimeSpan.FromDays(30), TimeSpan.FromDays(7), TimeSpan.FromDays(1), TimeSpan.Zero];

    /// <summary>How long before the end the first warning comes.</summary>
    public static TimeSpan First => Thresholds[0];

    // By fingerprint, how many thresholds were warned of.
    private Dictionary<string, int> _warned = new(StringComparer.Ordinal);

    /// <summary>What is to be told now; what it was told of before is left out. O(certificates).</summary>
    /// <param name="slots">What is in force.</param>
    /// <param name="now">The time.</param>
    public List<CertificateEvent> Find(TlsSlots slots, DateTimeOffset now)
    {
        var events = new List<CertificateEvent>();
        var warned = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (name, fingerprint, end, outcome) in slots.EndsAt(now))
        {
            int passed = Thresholds.Count(threshold => end - now <= threshold);
            int before = _warned.GetValueOrDefault(fingerprint);
            if (passed > before && !warned.ContainsKey(fingerprint))
            {
                bool isOver = passed == Thresholds.Length;
                var kind = isOver ? CertificateEventKind.Expired : CertificateEventKind.Expiring;
                events.Add(new CertificateEvent(now, kind, $"{name} {(isOver ? TextOfPast(end, outcome) : TextOfEnd(end, now))}"));
            }

            warned[fingerprint] = Math.Max(passed, before);
        }

        // What is in force no more is forgotten.
        _warned = warned;
        return events;
    }

    /// <summary>What is to be said of a certificate's time, as <c>expires in 7 days, on 2026-08-30 12:00 UTC: renew it</c>; null:
    /// nothing.</summary>
    /// <param name="time">Its time.</param>
    /// <param name="outcome">What comes of one that is not valid.</param>
    public static string? Text(CertificateTime time, string outcome) => time.State switch
    {
        CertificateState.Valid => null,
        CertificateState.Expiring => TextOfEnd(time.End, time.At),
        CertificateState.Expired => TextOfPast(time.End, outcome),
        CertificateState.Early => $"is not valid before {ChainRules.Text(time.Begin)}: {outcome} until then",
        _ => throw new InvalidOperationException("unknown state"),
    };

    /// <summary>What is to be said of one that ends.</summary>
    public static string TextOfEnd(DateTimeOffset end, DateTimeOffset now)
    {
        var left = end - now;
        string time = left.TotalDays >= 2
            ? string.Create(CultureInfo.InvariantCulture, $"{left.TotalDays:0} days")
            : string.Create(CultureInfo.InvariantCulture, $"{left.TotalHours:0} hours");
        return $"expires in {time}, on {ChainRules.Text(end)}: renew it";
    }

    private static string TextOfPast(DateTimeOffset end, string outcome) => $"expired on {ChainRules.Text(end)}: {outcome}, so renew it";
}
