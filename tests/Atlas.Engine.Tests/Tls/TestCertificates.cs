using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Atlas.Engine.Tls;

namespace Atlas.Engine.Tests.Tls;

/// <summary>An authority and certificates that tests make. Making keys is slow, so that those that need not be of their own are
/// shared.</summary>
public static class TestCertificates
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;
    private static readonly Lazy<X509Certificate2> LazyAuthority = new(() => MakeAuthority("Atlas test authority"));
    private static readonly Lazy<X509Certificate2> LazyOther = new(() => MakeAuthority("Another authority"));
    private static readonly Lazy<X509Certificate2> LazyServer = new(() => Issue(Authority, "localhost", ["localhost", "*.wild.test"]));
    private static readonly Lazy<X509Certificate2> LazyRsa = new(() => Issue(Authority, "localhost", ["localhost"], isRsa: true));

    public static X509Certificate2 Authority => LazyAuthority.Value;

    public static X509Certificate2 OtherAuthority => LazyOther.Value;

    /// <summary>ECDSA, for localhost and *.wild.test.</summary>
    public static X509Certificate2 Server => LazyServer.Value;

    /// <summary>RSA, for localhost.</summary>
    public static X509Certificate2 RsaServer => LazyRsa.Value;

    public static byte[] AuthorityPem => Pem(Authority);

    public static byte[] Pem(X509Certificate2 certificate) => Encoding.ASCII.GetBytes(certificate.ExportCertificatePem() + "\n");

    public static byte[] KeyPem(X509Certificate2 certificate)
    {
        using AsymmetricAlgorithm key = (AsymmetricAlgorithm?)certificate.GetECDsaPrivateKey() ?? certificate.GetRSAPrivateKey()!;
        return Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    /// <summary>As options have it.</summary>
    public static TlsCertificate ForOptions(X509Certificate2 certificate, byte[]? ocsp = null, params string[] names) => new()
    {
        Label = certificate.Subject,
        ChainPem = Pem(certificate),
        KeyPem = KeyPem(certificate),
        OcspResponse = ocsp,
        Names = names.Length == 0 ? null : names,
    };

    public static X509Certificate2 Issue(
        X509Certificate2 authority, string subject, string[] names, bool isRsa = false, bool isExpired = false, bool isForClients = false)
    {
        using AsymmetricAlgorithm key = isRsa ? RSA.Create(2048) : ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = Request(subject, key);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (string name in names)
        {
            if (IPAddress.TryParse(name, out IPAddress? address))
            {
                alternatives.AddIpAddress(address);
            }
            else
            {
                alternatives.AddDnsName(name);
            }
        }

        if (names.Length > 0)
        {
            request.CertificateExtensions.Add(alternatives.Build());
        }

        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(isForClients ? "1.3.6.1.5.5.7.3.2" : "1.3.6.1.5.5.7.3.1")], false));
        DateTimeOffset to = isExpired ? Now.AddDays(-1) : Now.AddDays(30);
        byte[] serial = RandomNumberGenerator.GetBytes(16);
        serial[0] &= 0x7F;
        using X509Certificate2 bare = request.Create(authority.SubjectName, Generator(authority), Now.AddDays(-20), to, serial);
        return key is RSA rsa ? bare.CopyWithPrivateKey(rsa) : bare.CopyWithPrivateKey((ECDsa)key);
    }

    public static X509Certificate2 MakeAuthority(string name, bool isExpired = false)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = Request(name, key);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request.CreateSelfSigned(Now.AddDays(-20), Now.AddDays(isExpired ? -1 : 365));
    }

    private static CertificateRequest Request(string subject, AsymmetricAlgorithm key)
    {
        var builder = new X500DistinguishedNameBuilder();
        builder.AddCommonName(subject);
        X500DistinguishedName name = builder.Build();
        return key is RSA rsa
            ? new CertificateRequest(name, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest(name, (ECDsa)key, HashAlgorithmName.SHA256);
    }

    private static X509SignatureGenerator Generator(X509Certificate2 authority) =>
        X509SignatureGenerator.CreateForECDsa(authority.GetECDsaPrivateKey()!);
}
