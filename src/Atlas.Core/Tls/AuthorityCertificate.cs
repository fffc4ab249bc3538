namespace Atlas.Core.Tls;

/// <summary>The certificate of an authority. Immutable.</summary>
/// <param name="Subject">Whose it is, as a distinguished name.</param>
/// <param name="Fingerprint">SHA-256 of it, 64 hexadecimal digits in lower case.</param>
/// <param name="KeyHash">SHA-256 of its public key (SubjectPublicKeyInfo, RFC 5280 4.1.2.7), 64 hexadecimal digits in lower case: what it
/// signed is believed for as long as a certificate of the same subject and key is valid.</param>
/// <param name="NotBeforeUnixSeconds">From when on it is valid, in seconds since 1970 (UTC).</param>
/// <param name="NotAfterUnixSeconds">Until when it is valid, in seconds since 1970 (UTC).</param>
public sealed record AuthorityCertificate(
    string Subject, string Fingerprint, string KeyHash, long NotBeforeUnixSeconds, long NotAfterUnixSeconds)
{
    /// <summary>Whether it is valid at a time, in seconds since 1970 (UTC).</summary>
    public bool IsValidAt(long unixSeconds) => NotBeforeUnixSeconds <= unixSeconds && unixSeconds <= NotAfterUnixSeconds;

    /// <summary>Whether the two verify the same signatures.</summary>
    public bool HasKeyOf(AuthorityCertificate other) => Subject == other.Subject && KeyHash == other.KeyHash;
}
