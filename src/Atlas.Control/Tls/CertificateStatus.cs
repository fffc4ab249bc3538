using Atlas.Control.Tls.Watching;
using Atlas.Core.Tls;

namespace Atlas.Control.Tls;

/// <summary>A certificate in force.</summary>
/// <param name="Owner">Who shows it: a listener to clients, others to servers.</param>
/// <param name="Path">The file that it came from, as it is written.</param>
/// <param name="Material">What was read.</param>
/// <param name="Problem">Why the files are not used as they are now; null: they are.</param>
/// <param name="At">The time that it is looked at.</param>
public sealed record CertificateStatus(
    TlsOwner Owner, string Path, CertificateMaterial Material, string? Problem, DateTimeOffset At)
{
    /// <summary>How long before its end it is <see cref="CertificateState.Expiring"/>: when the first line warns of it.</summary>
    public static TimeSpan WarnsBefore => ExpiryWarnings.First;

    /// <summary>Where in its time it is.</summary>
    public CertificateState State => Time.State;

    /// <summary>Whole days until its time ends, rounded down; below 0: since it ended.</summary>
    public int DaysLeft => Time.DaysLeft;

    /// <summary>What is to be said of its time, such as <c>expires in 7 days, on 2026-08-30 12:00 UTC: renew it</c>; null:
    /// nothing.</summary>
    public string? Warning => ExpiryWarnings.Text(Time, ExpiryWarnings.OfCertificate);

    private CertificateTime Time => new(Material.NotBeforeUnixSeconds, Material.NotAfterUnixSeconds, At);
}
