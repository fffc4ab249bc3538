using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Atlas.Cli.Tests.Programs;

/// <summary>A certificate as site.pem and site.key beside a configuration; it signs itself unless it has an issuer, whose key is lost.</summary>
public sealed class SiteCertificate
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _certPem;
    private readonly string _keyPem;

    public SiteCertificate(string? issuer = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=site", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("site.example");
        request.CertificateExtensions.Add(names.Build());
        using var authority = issuer is null ? null : ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = request.Create(
            new X500DistinguishedName(issuer ?? "CN=site"),
            X509SignatureGenerator.CreateForECDsa(authority ?? key),
            DateTimeOffset.UtcNow.AddHours(-1),
            DateTimeOffset.UtcNow.AddDays(60),
            [1]);
        (_certPem, _keyPem) = (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
        Fingerprint = certificate.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant();
    }

    public string Fingerprint { get; }

    /// <summary>The certificate with its key, for a server.</summary>
    public X509Certificate2 ToServer()
    {
        using var read = X509Certificate2.CreateFromPem(_certPem, _keyPem);
        return X509CertificateLoader.LoadPkcs12(read.Export(X509ContentType.Pkcs12), null);
    }

    public void WriteCertificate(ConfigFile config, string name = "site.pem") => File.WriteAllText(config.Sibling(name), _certPem);

    public void WriteKey(ConfigFile config)
    {
        string path = config.Sibling("site.key");
        File.WriteAllText(path, _keyPem);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, Private);
        }
    }

    public void Write(ConfigFile config)
    {
        WriteCertificate(config);
        WriteKey(config);
    }
}
