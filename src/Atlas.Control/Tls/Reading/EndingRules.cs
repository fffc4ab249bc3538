using System.Security.Cryptography.X509Certificates;
using Atlas.Control.Tls.Watching;

namespace Atlas.Control.Tls.Reading;

/// <summary>When a certificate that is valid has so little time left that its renewal must have been missed.</summary>
internal static class EndingRules
{
    // Certificates of 90 days are renewed with 30 left; those of a few days, with a third of their time.
    private const int PartOfLife = 3;

    /// <summary>The most time that is too little.</summary>
    public static readonly TimeSpan Most = TimeSpan.FromDays(14);

    /// <summary>What is to be said of a valid certificate, as <c>expires in 9 days, on 2026-06-10 12:00 UTC: renew it</c>; null:
    /// nothing.</summary>
    public static string? Warning(X509Certificate2 certificate, DateTimeOffset now)
    {
        var begin = new DateTimeOffset(certificate.NotBefore);
        var end = new DateTimeOffset(certificate.NotAfter);
        var part = (end - begin) / PartOfLife;
        return end - now < (part < Most ? part : Most) ? ExpiryWarnings.TextOfEnd(end, now) : null;
    }
}
