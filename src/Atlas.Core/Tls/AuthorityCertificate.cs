namespace Atlas.Core.Tls;

/// <summary>The certificate of an authority. Immutable.</summary>
/// <param name="Subject">Whose it is, as a distinguished name.</param>
/// <param name="Fingerprint">SHA-256 of it, 64 hexadecimal digits in lower case.</param>
/// <param name="NotBeforeUnixSeconds">From when on it is valid, in seconds since 1970 (UTC).</param>
/// <param name="NotAfterUnixSeconds">Until when it is valid, in seconds since 1970 (UTC).</param>
public sealed record AuthorityCertificate(string Subject, string Fingerprint, long NotBeforeUnixSeconds, long NotAfterUnixSeconds);
