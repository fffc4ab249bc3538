using Atlas.Control.Tls.Watching;
using Atlas.Core.Tls;

namespace Atlas.Control.Tls;

/// <summary>A file of authorities in force.</summary>
/// <param name="Owner">Whose clients they sign for, or whose servers.</param>
/// <param name="Path">The file, as it is written.</param>
/// <param name="Material">What was read.</param>
/// <param name="Problem">Why the file is not used as it is now; null: it is.</param>
/// <param name="At">The time that they are looked at.</param>
public sealed record AuthorityStatus(
    TlsOwner Owner, string Path, AuthorityMaterial Material, string? Problem, DateTimeOffset At)
{
    /// <summary>The certificates whose end matters, the first to end first.</summary>
    public IEnumerable<AuthorityCertificate> Lasting => Material.LastingAt(At.ToUnixTimeSeconds());

    /// <summary>What is to be said of their time, a sentence for each with something to say.</summary>
    public IEnumerable<(AuthorityCertificate Authority, string Text)> Warnings => Material.OfConcernAt(At.ToUnixTimeSeconds())
        .Select(one => (one, ExpiryWarnings.Text(TimeOf(one), ExpiryWarnings.OfAuthority)!))
        .Where(one => one.Item2 is not null);

    /// <summary>The time of one of them.</summary>
    public CertificateTime TimeOf(AuthorityCertificate authority) => new(authority.NotBeforeUnixSeconds, authority.NotAfterUnixSeconds, At);
}
