using System.Security.Cryptography.X509Certificates;
using System.Text;
using Atlas.Control.Configuration;
using Atlas.Core.Configuration;
using Atlas.Core.Tls;

namespace Atlas.Control.Tls.Reading;

/// <summary>Loads certificates with their keys. A pair that several sections name is loaded once.</summary>
internal sealed class CertificateLoader(LoadSession session)
{
    private const string KeyHint = "'cert' and 'key' may be swapped";

    private readonly HashSet<(CertificateConfig Config, CertificateUse Use)> _done = [];

    /// <summary>The certificate and its key; null: a finding says why not.</summary>
    public CertificateMaterial? Load(CertificateConfig config, CertificateUse use)
    {
        var known = session.Items.Certificates;
        if (_done.Add((config, use)))
        {
            var before = session.Earlier?.Certificates.GetValueOrDefault((config, use));
            session.Begin(isKept: before is not null);
            if ((LoadNew(config, use, before) ?? before) is { } material)
            {
                known[(config, use)] = material;
            }

            if (session.EndItem() is { } problem)
            {
                session.Items.CertificateProblems[(config, use)] = problem;
            }
        }

        return known.GetValueOrDefault((config, use));
    }

    private CertificateMaterial? LoadNew(CertificateConfig config, CertificateUse use, CertificateMaterial? before)
    {
        var (certAt, keyAt) = (config.Source.PositionOf("cert"), config.Source.PositionOf("key"));
        byte[]? certBytes = session.Read(config.CertPath, "cert", certAt);
        byte[]? keyBytes = session.Read(config.KeyPath, "key", keyAt);
        if (certBytes is not null && keyBytes is not null && AreSwapped(certBytes, keyBytes))
        {
            session.Refuse(certAt, $"'cert' and 'key' are swapped: {config.CertPath} has the private key and {config.KeyPath} the certificate");
            return null;
        }

        CheckRights(config, keyAt);
        var chain = certBytes is null
            ? null
            : Parsed(ChainFile.Read(certBytes, config.CertPath, TlsFiles.MaxChain, KeyHint, out string bad), "cert", certAt, bad);
        using var key = keyBytes is null ? null : Parsed(PrivateKey.Read(keyBytes, config.KeyPath, out string wrong), "key", keyAt, wrong);
        try
        {
            if (chain is not null && before is not null && session.IsUnasked && !MayReplace(before, chain, config, use))
            {
                return null;
            }

            bool isWhole = chain is not null && Check(chain, config, use, certAt) && key is not null && CheckPair(chain, key, config, keyAt);
            return isWhole ? Make(chain!, key!, config) : null;
        }
        catch (Exception e) when (ChainRules.IsDamage(e))
        {
            // The parts of a certificate are read when they are asked for.
            session.Refuse(certAt, $"'cert': a certificate in {config.CertPath} is damaged: fetch the file anew");
            return null;
        }
        finally
        {
            chain?.ForEach(certificate => certificate.Dispose());
        }
    }

    private static bool AreSwapped(byte[] certBytes, byte[] keyBytes)
    {
        var (cert, key) = (PemBlock.All(certBytes), PemBlock.All(keyBytes));
        return cert.Exists(block => block.IsKey) && !cert.Exists(block => block.Label == PemBlock.Certificate)
            && key.Exists(block => block.Label == PemBlock.Certificate) && !key.Exists(block => block.IsKey);
    }

    private T? Parsed<T>(T? value, string key, SourcePosition position, string problem)
        where T : class
    {
        if (value is null)
        {
            session.Refuse(position, $"'{key}': {problem}");
        }

        return value;
    }

    private bool MayReplace(CertificateMaterial before, List<X509Certificate2> chain, CertificateConfig config, CertificateUse use)
    {
        if (RenewalRules.Problem(before, chain, use, session.Now, out var until) is not { } problem)
        {
            return true;
        }

        session.Refuse(config.Source.PositionOf("cert"), $"'cert': the certificate in {config.CertPath} {problem}");
        session.LookAgainAt(until);
        return false;
    }

    private bool Check(List<X509Certificate2> chain, CertificateConfig config, CertificateUse use, SourcePosition position)
    {
        bool isUsable = true;
        string path = config.CertPath;
        foreach (var (index, certificate) in chain.Index())
        {
            string which = chain.Count == 1 ? $"'cert': {path}" : $"'cert': certificate {index + 1} of {chain.Count} in {path} ({certificate.Subject})";
            if (ChainRules.Weakness(certificate, PeersOf(use)) is { } weakness)
            {
                session.Refuse(position, $"{which} {weakness}");
                isUsable = false;
            }

            if (ChainRules.Validity(certificate, session.Now) is { } invalid)
            {
                session.Warn(position, $"{which} {invalid}: {PeersOf(use)} refuse it, so put a new one there");
            }
            else if (EndingRules.Warning(certificate, session.Now) is { } ending)
            {
                session.WarnOfEnd(position, $"{which} {ending}");
            }

            if (index > 0 && !ChainRules.IsIssuer(certificate, chain[index - 1]))
            {
                session.Warn(
                    position,
                    $"{which} has not signed the one before it: some {PeersOf(use)} need the order own certificate, its issuer, the issuer's issuer");
            }
        }

        CheckOwn(chain, config, use, position);
        return isUsable;
    }

    private void CheckOwn(List<X509Certificate2> chain, CertificateConfig config, CertificateUse use, SourcePosition position)
    {
        string path = config.CertPath;
        if (use == CertificateUse.Server && CertificateNames.Of(chain[0]).Count == 0)
        {
            session.Warn(position, $"'cert': {path} is for no name (subjectAltName; the common name counts for nothing): clients refuse it");
        }

        if (!ChainRules.MayBeUsed(chain[0], use))
        {
            string needed = use == CertificateUse.Server ? "clientAuth or other things but not serverAuth" : "serverAuth or other things but not clientAuth";
            session.Warn(position, $"'cert': {path} is for {needed} (extended key usage): {PeersOf(use)} refuse it");
        }

        if (!ChainRules.IsSelfSigned(chain[^1]) && !ChainRules.LeadsToRoot(chain))
        {
            CheckGap(chain, path, use, position);
        }
    }

    // Of an authority of one's own nobody but its owner knows whether the issuer is the root, which may be left out. Of a public one it
    // never is.
    private void CheckGap(List<X509Certificate2> chain, string path, CertificateUse use, SourcePosition position)
    {
        string gap = $"'cert': {path} ends before a root: {chain[^1].Issuer} is neither in it nor known to this system";
        if (ChainRules.IsOfPublicAuthority(chain[0]))
        {
            session.Warn(position, $"{gap}; whoever does not know it, refuses the certificate, so append the issuer's");
        }
        else
        {
            session.Note(position, $"{gap}; unless it is a root that {PeersOf(use)} know, append its certificate");
        }
    }

    private bool CheckPair(List<X509Certificate2> chain, PrivateKey key, CertificateConfig config, SourcePosition position)
    {
        if (key.BelongsTo(chain[0]))
        {
            return true;
        }

        int owner = chain.FindIndex(key.BelongsTo);
        session.Refuse(position, owner < 0
            ? $"'key': {config.KeyPath} is not the key of the certificate in {config.CertPath}: name the two files that were made together"
            : $"'key': {config.KeyPath} is the key of certificate {owner + 1} of {chain.Count} in {config.CertPath}: put that one first");
        return false;
    }

    private void CheckRights(CertificateConfig config, SourcePosition position)
    {
        var content = session.Look(config.KeyPath);

        // A certificate that stands in its place is no secret. A file that went away in between is told of by the next look.
        if (content.Bytes is not null && PemBlock.All(content.Bytes).Exists(block => block.IsKey) && FileRights.WhoElse(content.Path) is { } who)
        {
            session.Warn(position, $"'key': {config.KeyPath} is open to {who}: chmod 600 {content.Path}");
        }
    }

    private CertificateMaterial Make(List<X509Certificate2> chain, PrivateKey key, CertificateConfig config)
    {
        var own = chain[0];
        return new CertificateMaterial
        {
            ChainPem = Bytes(ChainRules.ToPem(chain)),
            KeyPem = Bytes(key.ToPem()),
            OcspDer = config.OcspPath is { } path ? ReadOcsp(own, path, config.Source.PositionOf("ocsp")) : null,
            Names = [.. CertificateNames.Of(own)],
            KeyType = key.Type,
            Fingerprint = ChainRules.Fingerprint(own),
            NotBeforeUnixSeconds = new DateTimeOffset(own.NotBefore).ToUnixTimeSeconds(),
            NotAfterUnixSeconds = new DateTimeOffset(own.NotAfter).ToUnixTimeSeconds(),
            Subject = own.Subject,
            Issuer = own.Issuer,
        };
    }

    /// <summary>The response where it helps clients; else a note, since without it TLS works all the same.</summary>
    private ValueList<byte>? ReadOcsp(X509Certificate2 own, string path, SourcePosition position)
    {
        var content = session.Look(path);
        if (content.Bytes is null)
        {
            session.Warn(position, $"'ocsp': {content.Problem}: nothing is stapled");
            return null;
        }

        string? problem = OcspResponse.Read(content.Bytes, own, out string bad) is not { } response ? bad
            : !response.IsGood ? "says that the certificate is revoked or unknown: clients will refuse it, so get a new one"
            : response.NextUpdate < session.Now ? $"expired on {ChainRules.Text(response.NextUpdate.Value)}: ask the authority again"
            : response.ThisUpdate > session.Now ? $"is not valid before {ChainRules.Text(response.ThisUpdate)}: check this machine's clock"
            : null;
        if (problem is not null)
        {
            session.Warn(position, $"'ocsp': {path} {problem}; nothing is stapled");
            return null;
        }

        return ValueList.Create<byte>(content.Bytes);
    }

    private static string PeersOf(CertificateUse use) => use == CertificateUse.Server ? "clients" : "servers";

    private static ValueList<byte> Bytes(string text) => ValueList.Create<byte>(Encoding.ASCII.GetBytes(text));
}
