using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Atlas.Core.Tls;

namespace Atlas.Control.Tls.Reading;

/// <summary>
/// What a certificate must be to replace one in force without being asked for. A file that a renewal got wrong must not end what works:
/// <code>
/// the new one           the old one is valid    the old one has expired
/// is not valid now      keep                    keep
/// lacks names           keep                    take
/// lacks its issuer's    keep                    take
/// </code>
/// The last one is the mistake of a renewal that writes the certificate alone: clients that do not know the issuer refuse it. Whoever
/// reloads a changed configuration has read the file's notes, and gets what is written there.
/// </summary>
internal static class RenewalRules
{
    // One certificate may have a hundred names.
    private const int MaxNamed = 3;

    /// <summary>Why one in force stays, so that it completes "certificate … "; null: it does not.</summary>
    /// <param name="old">The one in force.</param>
    /// <param name="chain">The certificates of the file, the own one first.</param>
    /// <param name="use">Who shows it; names matter only to clients.</param>
    /// <param name="now">The time.</param>
    /// <param name="until">When it is worth another look though the file stays as it is; null: never.</param>
    public static string? Problem(
        CertificateMaterial old, IReadOnlyList<X509Certificate2> chain, CertificateUse use, DateTimeOffset now, out DateTimeOffset? until)
    {
        until = null;
        X509Certificate2 next = chain[0];
        if (ChainRules.Fingerprint(next) == old.Fingerprint)
        {
            return null;
        }

        if (ChainRules.Validity(next, now) is { } invalid)
        {
            until = new DateTimeOffset(next.NotBefore) is var begin && begin > now ? begin : null;
            return invalid;
        }

        var oldEnd = DateTimeOffset.FromUnixTimeSeconds(old.NotAfterUnixSeconds);
        var missing = use == CertificateUse.Server && oldEnd >= now ? Missing(old, CertificateNames.Of(next)) : [];
        bool lacksIssuer = oldEnd >= now && chain.Count == 1 && next.Issuer == old.Issuer && HasIntermediate(old);
        if (missing.Count == 0 && !lacksIssuer)
        {
            return null;
        }

        until = oldEnd.AddSeconds(1);
        if (missing.Count == 0)
        {
            return "comes without that of its issuer, which the one before has behind it: write the whole chain, as in fullchain.pem";
        }

        string more = missing.Count > MaxNamed
            ? string.Create(CultureInfo.InvariantCulture, $" and {missing.Count - MaxNamed} more")
            : "";
        return $"is no longer for {string.Join(", ", missing.Take(MaxNamed))}{more}, which the one before is for";
    }

    // A root behind it would be of no use: clients know it or do not believe it.
    private static bool HasIntermediate(CertificateMaterial material)
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(Encoding.ASCII.GetString([.. material.ChainPem]));
        bool has = chain.Count > 1 && chain[1].Subject != chain[1].Issuer;
        foreach (X509Certificate2 certificate in chain)
        {
            certificate.Dispose();
        }

        return has;
    }

    private static List<string> Missing(CertificateMaterial old, List<string> names)
    {
        var known = names.ToHashSet(StringComparer.Ordinal);
        return [.. old.Names.Where(name => !known.Contains(name) && !known.Contains(WildcardOf(name)))];
    }

    // RFC 9525 6.3: a wildcard stands for one whole label. One wildcard is not covered by another.
    private static string WildcardOf(string name) =>
        name.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot && !name.StartsWith("*.", StringComparison.Ordinal) ? $"*{name[dot..]}" : name;
}
