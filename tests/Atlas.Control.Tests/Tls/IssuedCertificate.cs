using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Atlas.Control.Tests.Tls;

/// <summary>A certificate that a test made, with its key.</summary>
internal sealed record IssuedCertificate(X509Certificate2 Certificate, AsymmetricAlgorithm Key)
{
    public string CertPem => Certificate.ExportCertificatePem() + "\n";

    public string KeyPem => Key.ExportPkcs8PrivateKeyPem() + "\n";

    public string Fingerprint => Certificate.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant();
}
