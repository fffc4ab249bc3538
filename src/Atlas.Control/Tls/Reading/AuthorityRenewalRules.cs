using System.Security.Cryptography.X509Certificates;
using Atlas.Core.Tls;

namespace Atlas.Control.Tls.Reading;

/// <summary>
/// What a file of authorities must have to replace one in force without being asked for. Authorities that are gone are no mistake: that is
/// how they are taken back. Ones that are not valid in place of ones that are, or nothing that could sign, would lock out everybody.
/// </summary>
internal static class AuthorityRenewalRules
{
    /// <summary>Why what is in force stays, as a sentence without its end; null: it does not.</summary>
    /// <param name="old">What is in force.</param>
    /// <param name="path">What the sentence calls the file.</param>
    /// <param name="next">The certificates of the file.</param>
    /// <param name="now">The time.</param>
    /// <param name="until">When it is worth another look though the file stays as it is; null: never.</param>
    public static string? Problem(
        AuthorityMaterial old, string path, IReadOnlyList<X509Certificate2> next, DateTimeOffset now, out DateTimeOffset? until)
    {
        until = null;
        long seconds = now.ToUnixTimeSeconds();
        var valid = old.Certificates.Where(one => one.IsValidAt(seconds)).ToList();
        if (valid.Count == 0)
        {
            return null;
        }

        var usable = next.Where(one => MaySign(one) && ChainRules.Validity(one, now) is null).ToList();
        if (next.FirstOrDefault(one => MaySign(one) && !usable.Contains(one) && Replaces(one, valid, next, usable)) is { } invalid)
        {
            until = new DateTimeOffset(invalid.NotBefore) is var begin && begin > now ? begin : null;
            return $"the certificate of {invalid.Subject} in {path} {ChainRules.Validity(invalid, now)}, and the one before is valid";
        }

        return usable.Count > 0 ? null : $"no certificate in {path} is an authority's, and the one before is";
    }

    // One that signed itself is all that it lets in.
    private static bool MaySign(X509Certificate2 certificate) => ChainRules.IsAuthority(certificate) || ChainRules.IsSelfSigned(certificate);

    // The only one that is left replaces all others, whatever it is called.
    private static bool Replaces(
        X509Certificate2 invalid, List<AuthorityCertificate> valid, IReadOnlyList<X509Certificate2> next, List<X509Certificate2> usable)
    {
        var kept = next.Select(ChainRules.Fingerprint).ToHashSet(StringComparer.Ordinal);
        return usable.Count == 0
            || (!usable.Exists(one => one.Subject == invalid.Subject)
                && valid.Exists(one => one.Subject == invalid.Subject && !kept.Contains(one.Fingerprint)));
    }
}
