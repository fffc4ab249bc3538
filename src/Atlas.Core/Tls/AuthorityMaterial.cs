using Atlas.Core.Configuration;

namespace Atlas.Core.Tls;

/// <summary>Authorities whose signatures are believed. Immutable.</summary>
/// <param name="Pem">Their certificates as PEM, and nothing else; at least one.</param>
/// <param name="Certificates">What is known of them, in the same order.</param>
public sealed record AuthorityMaterial(ValueList<byte> Pem, ValueList<AuthorityCertificate> Certificates)
{
    /// <summary>The most certificates of authorities of one's own: those who run some have a few, and public bundles more than 100.</summary>
    public const int MaxOwn = 50;

    /// <summary>Their distinguished names, in the same order. O(certificates).</summary>
    public ValueList<string> Subjects => [.. Certificates.Select(certificate => certificate.Subject)];

    /// <summary>Whether these are more than anybody keeps by hand, as the public authorities of a system are: that some of them end is
    /// their maintainers' concern, as long as there are others.</summary>
    public bool IsBundle => Certificates.Count > MaxOwn;

    /// <summary>The certificates whose end matters, the first to end first. One is left out if another of the same subject and key stands
    /// in for it: one that ends later, and begins before this one ends or has begun. Of a bundle it is the last to end. O(n log n).</summary>
    /// <param name="unixSeconds">The time that they are looked at, in seconds since 1970 (UTC).</param>
    public IEnumerable<AuthorityCertificate> LastingAt(long unixSeconds) => Certificates
        .GroupBy(one => (one.Subject, one.KeyHash))
        .SelectMany(same => LastingOf(same, unixSeconds))
        .OrderBy(one => one.NotAfterUnixSeconds)
        .TakeLast(IsBundle ? 1 : MaxOwn);

    /// <summary>Those of <see cref="LastingAt"/> of which there may be something to say: all but those that have not begun while another
    /// of the same subject and key is valid. O(n²), n at most <see cref="MaxOwn"/>.</summary>
    /// <param name="unixSeconds">The time that they are looked at, in seconds since 1970 (UTC).</param>
    public IEnumerable<AuthorityCertificate> OfConcernAt(long unixSeconds) => LastingAt(unixSeconds)
        .Where(one => one.NotBeforeUnixSeconds <= unixSeconds
            || !Certificates.Any(other => other.HasKeyOf(one) && other.IsValidAt(unixSeconds)));

    /// <summary>Their names.</summary>
    public override string ToString() => Subjects.ToString();

    private static IEnumerable<AuthorityCertificate> LastingOf(IEnumerable<AuthorityCertificate> same, long unixSeconds)
    {
        long? begin = null;
        foreach (var one in same.OrderByDescending(one => one.NotAfterUnixSeconds))
        {
            if (begin is null || begin > Math.Max(one.NotAfterUnixSeconds, unixSeconds))
            {
                yield return one;
            }

            begin = Math.Min(begin ?? long.MaxValue, one.NotBeforeUnixSeconds);
        }
    }
}
