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
        foreach (var (index, certificate) in certificates.Index())
        {
            string which = $"'{key}': certificate {index + 1} of {certificates.Count} in {path} ({certificate.Subject})";
            if (!ChainRules.IsAuthority(certificate))
            {
                session.Note(position, $"{which} is no authority's, so that nothing it signed is believed: {HintOf(certificate, key)}");
            }
            else if (ChainRules.Validity(certificate, session.Now) is { } invalid)
            {
                session.Note(position, $"{which} {invalid}: nothing it signed is believed");
            }
        }

        return new AuthorityMaterial(
            ValueList.Create<byte>(Encoding.ASCII.GetBytes(ChainRules.ToPem(certificates))),
            [
                .. certificates.Select(certificate => new AuthorityCertificate(
                    certificate.Subject,
                    ChainRules.Fingerprint(certificate),
                    new DateTimeOffset(certificate.NotBefore).ToUnixTimeSeconds(),
                    new DateTimeOffset(certificate.NotAfter).ToUnixTimeSeconds())),
            ]);
    }

    private static string WhoseOf(string key) => key == "ca" ? "servers" : "clients";

    // A certificate that is given out by a server or client is a file that is at hand; that of its authority often is not.
    private static string HintOf(X509Certificate2 certificate, string key) => ChainRules.IsSelfSigned(certificate)
        ? $"it signed itself, and is all that '{key}' lets in"
        : $"'{key}' is for the authority that signed the certificates of {WhoseOf(key)}; of this one that is {certificate.Issuer}";
}
