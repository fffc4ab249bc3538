using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Atlas.Control.Tls.Reading;

/// <summary>What certificates must be, alone and in a chain.</summary>
internal static class ChainRules
{
    /// <summary>The fewest bits of an RSA key: OpenSSL's security level 2, and what browsers ask for.</summary>
    public const int MinRsaBits = 2048;

    /// <summary>The extended key usage of servers.</summary>
    public const string ServerAuth = "1.3.6.1.5.5.7.3.1";

    private const string ClientAuth = "1.3.6.1.5.5.7.3.2";
    private const string AnyUse = "2.5.29.37.0";

    // RFC 6962 3.3: time stamps of the logs that public authorities must write, as browsers ask for.
    private const string LogStamps = "1.3.6.1.4.1.11129.2.4.2";

    private static readonly string[] Curves = ["1.2.840.10045.3.1.7", "1.3.132.0.34", "1.3.132.0.35"];

    // md5WithRSAEncryption, sha1WithRSAEncryption, ecdsa-with-SHA1, dsa-with-sha1.
    private static readonly string[] BrokenSignatures =
        ["1.2.840.113549.1.1.4", "1.2.840.113549.1.1.5", "1.2.840.10045.4.1", "1.2.840.10040.4.3"];

    // A system that knows no roots knows nothing of what clients miss.
    private static readonly Lazy<bool> KnowsRoots = new(() =>
    {
        using var store = new X509Store(StoreName.Root, StoreLocation.LocalMachine);
        store.Open(OpenFlags.ReadOnly);
        return store.Certificates.Count > 0;
    });

    /// <summary>Whether an exception says that bytes are no certificate or key, or one that the base library does not know.</summary>
    public static bool IsDamage(Exception exception) =>
        exception is CryptographicException or PlatformNotSupportedException or ArgumentException or FormatException or OverflowException;

    /// <summary>Why neither OpenSSL nor peers take a certificate's key or signature, so that it completes "certificate … "; null:
    /// they do.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="peers">What it calls the peers.</param>
    public static string? Weakness(X509Certificate2 certificate, string peers)
    {
        using var rsa = certificate.GetRSAPublicKey();
        using var ecdsa = certificate.GetECDsaPublicKey();
        return rsa is not null && rsa.KeySize < MinRsaBits
            ? string.Create(CultureInfo.InvariantCulture, $"has an RSA key of {rsa.KeySize} bits, and at least {MinRsaBits} are needed: make a new key")
            : ecdsa is not null && !HasKnownCurve(ecdsa) ? $"has a key on a curve that {peers} do not take: use P-256, P-384 or P-521"
            : rsa is null && ecdsa is null ? $"has a key that is neither RSA nor ECDSA, which {peers} do not take: use ECDSA on P-256"
            : !IsSelfSigned(certificate) && BrokenSignatures.Contains(certificate.SignatureAlgorithm.Value)
                ? $"is signed with SHA-1 or MD5, which {peers} refuse: have it signed with SHA-256"
            : null;
    }

    /// <summary>Whether it may sign others. One of version 1, as old roots are, has nothing that forbids it.</summary>
    public static bool IsAuthority(X509Certificate2 certificate) =>
        certificate.Version < 3
        || certificate.Extensions.OfType<X509BasicConstraintsExtension>().FirstOrDefault() is { CertificateAuthority: true };

    /// <summary>Whether its issuer is itself.</summary>
    public static bool IsSelfSigned(X509Certificate2 certificate) =>
        certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);

    /// <summary>Whether a public authority signed it, by all appearances.</summary>
    public static bool IsOfPublicAuthority(X509Certificate2 certificate) => certificate.Extensions.Any(extension => extension.Oid?.Value == LogStamps);

    /// <summary>Whether one may have signed the other: names, and key identifiers where both are there (RFC 5280 4.2.1.1).</summary>
    public static bool IsIssuer(X509Certificate2 issuer, X509Certificate2 certificate)
    {
        var known = issuer.Extensions.OfType<X509SubjectKeyIdentifierExtension>().FirstOrDefault()?.SubjectKeyIdentifierBytes;
        var named = certificate.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().FirstOrDefault()?.KeyIdentifier;
        return issuer.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData)
            && (known is null || named is null || known.Value.Span.SequenceEqual(named.Value.Span));
    }

    /// <summary>What is wrong with its time, so that it completes "certificate … "; null: nothing.</summary>
    public static string? Validity(X509Certificate2 certificate, DateTimeOffset now)
    {
        var begin = new DateTimeOffset(certificate.NotBefore);
        var end = new DateTimeOffset(certificate.NotAfter);
        return end < now ? $"expired on {Text(end)}" : begin > now ? $"is not valid before {Text(begin)}" : null;
    }

    /// <summary>SHA-256 of it, 64 hexadecimal digits in lower case.</summary>
    public static string Fingerprint(X509Certificate2 certificate) => certificate.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant();

    /// <summary>SHA-256 of its public key, 64 hexadecimal digits in lower case.</summary>
    public static string KeyHash(X509Certificate2 certificate) =>
        Convert.ToHexStringLower(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));

    /// <summary>Whether its extended key usage lets it be shown so (RFC 5280 4.2.1.12).</summary>
    public static bool MayBeUsed(X509Certificate2 certificate, CertificateUse use)
    {
        string needed = use == CertificateUse.Server ? ServerAuth : ClientAuth;
        var usages = certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().FirstOrDefault()?.EnhancedKeyUsages;
        return usages is null || usages.Cast<Oid>().Any(oid => oid.Value == needed || oid.Value == AnyUse);
    }

    /// <summary>Whether the chain leads to a root, of the file or of this system. Nothing is fetched from the network.</summary>
    public static bool LeadsToRoot(List<X509Certificate2> certificates)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.AllFlags;
        chain.ChainPolicy.ExtraStore.AddRange(certificates.Skip(1).ToArray());
        chain.Build(certificates[0]);
        bool isPartial = chain.ChainStatus.Any(status => status.Status.HasFlag(X509ChainStatusFlags.PartialChain));
        foreach (var element in chain.ChainElements)
        {
            element.Certificate.Dispose();
        }

        return !isPartial || !KnowsRoots.Value;
    }

    /// <summary>The certificates as PEM, and nothing else.</summary>
    public static string ToPem(IEnumerable<X509Certificate2> certificates) =>
        string.Concat(certificates.Select(certificate => certificate.ExportCertificatePem() + "\n"));

    /// <summary>A time for people.</summary>
    public static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    private static bool HasKnownCurve(ECDsa key)
    {
        try
        {
            return Curves.Contains(key.ExportParameters(false).Curve.Oid?.Value);
        }
        catch (Exception e) when (IsDamage(e))
        {
            return false;
        }
    }
}
