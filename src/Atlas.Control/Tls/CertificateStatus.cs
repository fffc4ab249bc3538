using Atlas.Core.Tls;

namespace Atlas.Control.Tls;

/// <summary>A certificate in force.</summary>
/// <param name="Listener">The listener that shows it to clients; null: a pool's.</param>
/// <param name="Pool">The pool that shows it to servers; null: a listener's.</param>
/// <param name="Path">The file that it came from, as it is written.</param>
/// <param name="Material">What was read.</param>
/// <param name="Problem">Why the files are not used as they are now; null: they are.</param>
public sealed record CertificateStatus(string? Listener, string? Pool, string Path, CertificateMaterial Material, string? Problem);
