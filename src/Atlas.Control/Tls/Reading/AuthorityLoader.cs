using System.Security.Cryptography.X509Certificates;
using System.Text;
using Atlas.Core.Configuration;
using Atlas.Core.Tls;

namespace Atlas.Control.Tls.Reading;

/// <summary>Loads files of authorities.</summary>
internal sealed class AuthorityLoader(LoadSession session)
{
    // 1 MiB has no more certificates than that; the smallest have some 300 bytes.
    private const int Max = 4096;

    /// <summary>The authorities in a file; null: a finding says why not.</summary>
    public AuthorityMaterial? Load(string path, string key, SourcePosition position)
    {
        var known = session.Items.Authorities;
        if (!known.TryGetValue(path, out var material))
        {
            var before = session.Earlier?.Authorities.GetValueOrDefault(path);
            session.Begin(isKept: before is not null);
            if ((material = LoadNew(path, key, position, before) ?? before) is not null)
            {
                known[path] = material;
            }

            if (session.EndItem() is { } problem)
            {
                session.Items.AuthorityProblems[path] = problem;
            }
        }

        return material;
    }

    private AuthorityMaterial? LoadNew(string path, string key, SourcePosition position, AuthorityMaterial? before)
    {
        if (session.Read(path, key, position) is not { } bytes)
        {
            return null;
        }

        string hint = $"name the file of the certificates of the authority that signed those of {WhoseOf(key)}";
        if (ChainFile.Read(bytes, path, Max, hint, out string problem) is not { } certificates)
        {
            session.Refuse(position, $"'{key}': {problem}");
            return null;
        }

        try
        {
            if (before is not null && session.IsUnasked && !MayReplace(before, certificates, path, key, position))
            {
                return null;
            }

            return Check(certificates, path, key, position);
        }
        catch (Exception e) when (ChainRules.IsDamage(e))
        {
            // The parts of a certificate are read when they are asked for.
            session.Refuse(position, $"'{key}': a certificate in {path} is damaged: fetch the file anew");
            return null;
        }
        finally
        {
            certificates.ForEach(certificate => certificate.Dispose());
        }
    }

    private bool MayReplace(
        AuthorityMaterial before, List<X509Certificate2> certificates, string path, string key, SourcePosition position)
    {
        if (AuthorityRenewalRules.Problem(before, path, certificates, session.Now, out var until) is not { } problem)
        {
            return true;
        }

        session.Refuse(position, $"'{key}': {problem}");
        session.LookAgainAt(until);
        return false;
    }

    private AuthorityMaterial Check(List<X509Certificate2> certificates, string path, string key, SourcePosition position)
    {
        var material = MaterialOf(certificates);
        var concerns = material.OfConcernAt(session.Now.ToUnixTimeSeconds()).Select(one => one.Fingerprint).ToHashSet(StringComparer.Ordinal);
        foreach (var (index, certificate) in certificates.Index())
        {
            string which = $"'{key}': certificate {index + 1} of {certificates.Count} in {path} ({certificate.Subject})";
            bool isAuthority = ChainRules.IsAuthority(certificate);
            if (!isAuthority && !ChainRules.IsSelfSigned(certificate))
            {
                session.Warn(
                    position,
                    $"{which} is no authority's, so that nothing it signed is believed: '{key}' is for the authority that signed the certificates "
                        + $"of {WhoseOf(key)}; of this one that is {certificate.Issuer}");
                continue;
            }

            if (!isAuthority)
            {
                // A certificate that signed itself is at hand where an authority would be too much, and does what it should.
                session.Note(position, $"{which} is no authority's: it signed itself, and is all that it lets in");
            }

            // Once, though a file may have it twice.
            if (!concerns.Remove(material.Certificates[index].Fingerprint))
            {
                continue;
            }

            if (ChainRules.Validity(certificate, session.Now) is { } invalid)
            {
                if (!material.IsBundle)
                {
                    session.Warn(position, $"{which} {invalid}: nothing it signed is believed");
                }
            }
            else if (EndingRules.Warning(certificate, session.Now) is { } ending)
            {
                session.WarnOfEnd(position, $"{which} {ending}");
            }
        }

        if (material.IsBundle)
        {
            CheckBundle(certificates, path, key, position);
        }

        return material;
    }

    private void CheckBundle(List<X509Certificate2> certificates, string path, string key, SourcePosition position)
    {
        var invalid = certificates.Where(one => ChainRules.Validity(one, session.Now) is not null).ToList();
        if (invalid.Count == certificates.Count)
        {
            session.Warn(position, $"'{key}': none of the {invalid.Count} certificates in {path} is valid: nothing they signed is believed");
        }
        else if (invalid.Count > 0)
        {
            session.Note(
                position,
                $"'{key}': {invalid.Count} of {certificates.Count} certificates in {path} are not valid, and nothing they signed is believed; "
                    + $"the first is {invalid[0].Subject}, which {ChainRules.Validity(invalid[0], session.Now)}");
        }
    }

    private static AuthorityMaterial MaterialOf(List<X509Certificate2> certificates) => new(
        ValueList.Create<byte>(Encoding.ASCII.GetBytes(ChainRules.ToPem(certificates))),
        [
            .. certificates.Select(certificate => new AuthorityCertificate(
                certificate.Subject,
                ChainRules.Fingerprint(certificate),
                ChainRules.KeyHash(certificate),
                new DateTimeOffset(certificate.NotBefore).ToUnixTimeSeconds(),
                new DateTimeOffset(certificate.NotAfter).ToUnixTimeSeconds())),
        ]);

    private static string WhoseOf(string key) => key == "ca" ? "servers" : "clients";
}
