using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Atlas.Bench.Peers;

/// <summary>The certificate that all peers show: ECDSA on P-256, made anew by every run of the bench.</summary>
internal static class BenchCertificate
{
    /// <summary>The name that it is for.</summary>
    internal const string Name = "shop.example.com";

    private static readonly (string Certificate, string Key) Pem = Make();

    /// <summary>Writes cert.pem, key.pem, and both.pem with one behind the other.</summary>
    internal static void WriteTo(string directory)
    {
        File.WriteAllText(Path.Combine(directory, "cert.pem"), Pem.Certificate + "\n");
        File.WriteAllText(Path.Combine(directory, "key.pem"), Pem.Key + "\n");
        File.WriteAllText(Path.Combine(directory, "both.pem"), $"{Pem.Certificate}\n{Pem.Key}\n");
    }

    private static (string Certificate, string Key) Make()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(Name);
        var request = new CertificateRequest($"CN={Name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(names.Build());
        DateTimeOffset now = DateTimeOffset.UtcNow;
        using X509Certificate2 certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }
}
