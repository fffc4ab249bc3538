namespace Atlas.Control.Tls;

/// <summary>Something happened to a certificate.</summary>
/// <param name="At">When.</param>
/// <param name="Kind">What.</param>
/// <param name="Text">The same in a sentence: <c>listener secure: certificate a.example (certs/a.pem) renewed, valid until
/// 2026-08-30 12:00 UTC</c>.</param>
public sealed record CertificateEvent(DateTimeOffset At, CertificateEventKind Kind, string Text)
{
    /// <summary>The line for the operator.</summary>
    public override string ToString() => Text;
}
