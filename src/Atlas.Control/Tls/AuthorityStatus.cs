using Atlas.Control.Tls.Watching;
using Atlas.Core.Tls;

namespace Atlas.Control.Tls;

/// <summary>A file of authorities in force.</summary>
/// <param name="Listener">The listener whose clients they sign for; null: a pool's.</param>
/// <param name="Pool">The pool whose servers they sign for; null: a listener's.</param>
/// <param name="Path">The file, as it is written.</param>
/// <param name="Material">What was read.</param>
/// <param name="Problem">Why the file is not used as it is now; null: it is.</param>
/// <param name="At">The time that they are looked at.</param>
public sealed record AuthorityStatus(
    string? Listener, string? Pool, string Path, AuthorityMaterial Material, string? Problem, DateTimeOffset At)
{
    /// <summary>The time of one of them.</summary>
    public CertificateTime TimeOf(AuthorityCertificate authority) => new(authority.NotBeforeUnixSeconds, authority.NotAfterUnixSeconds, At);

    /// <summary>What is to be said of the time of one of them; null: nothing.</summary>
    public string? WarningOf(AuthorityCertificate authority) => ExpiryWarnings.Text(TimeOf(authority), ExpiryWarnings.OfAuthority);
}
