using Atlas.Core.Configuration;

namespace Atlas.Core.Tls;

/// <summary>Authorities whose signatures are believed. Immutable.</summary>
/// <param name="Pem">Their certificates as PEM, and nothing else; at least one.</param>
/// <param name="Certificates">What is known of them, in the same order.</param>
public sealed record AuthorityMaterial(ValueList<byte> Pem, ValueList<AuthorityCertificate> Certificates)
{
    /// <summary>Their distinguished names, in the same order. O(certificates).</summary>
    public ValueList<string> Subjects => [.. Certificates.Select(certificate => certificate.Subject)];

    /// <summary>Of each subject the certificate whose time ends last, the first to end first: one that was renewed and stands in the
    /// file with the new one is of no concern. O(n log n).</summary>
    public IEnumerable<AuthorityCertificate> Lasting => Certificates
        .GroupBy(certificate => certificate.Subject, StringComparer.Ordinal)
        .Select(same => same.MaxBy(certificate => certificate.NotAfterUnixSeconds)!)
        .OrderBy(certificate => certificate.NotAfterUnixSeconds);

    /// <summary>Their names.</summary>
    public override string ToString() => Subjects.ToString();
}
