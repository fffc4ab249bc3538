using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Atlas.Control.Tls.Reading;

namespace Atlas.Control.Tls;

/// <summary>
/// A certificate for this machine, signed by an authority that was made for it alone: for tries without certificates of one's own. The
/// authority's key is gone once the certificate is signed, so that whoever trusts the authority trusts this certificate and no other.
/// </summary>
public sealed class SelfSignedAuthority
{
    /// <summary>How long both are valid.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(90);

    // Clocks of clients may be late.
    private static readonly TimeSpan Backdated = TimeSpan.FromHours(1);

    // RFC 5280 4.1.2.2 allows 20; the highest bit stays 0, since the number is positive.
    private const int SerialBytes = 16;

    private SelfSignedAuthority(string authorityPem, string chainPem, string keyPem) =>
        (AuthorityPem, ChainPem, KeyPem) = (authorityPem, chainPem, keyPem);

    /// <summary>The authority's certificate as PEM, for clients to trust.</summary>
    public string AuthorityPem { get; }

    /// <summary>The certificate for <c>localhost</c>, 127.0.0.1 and ::1 as PEM, followed by the authority's.</summary>
    public string ChainPem { get; }

    /// <summary>The certificate's key as PEM, ECDSA on P-256. Secret.</summary>
    public string KeyPem { get; }

    /// <summary>Makes both.</summary>
    /// <param name="now">The time from which on they are valid.</param>
    public static SelfSignedAuthority Create(DateTimeOffset now)
    {
        var (from, to) = (now - Backdated, now + Lifetime);
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var authority = Authority(authorityKey).CreateSelfSigned(from, to);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = Certificate(key, authority).Create(authority, from, to, Serial());
        string authorityPem = ChainRules.ToPem([authority]);
        return new SelfSignedAuthority(authorityPem, ChainRules.ToPem([certificate]) + authorityPem, key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    private static CertificateRequest Authority(ECDsa key)
    {
        var request = new CertificateRequest("CN=Atlas demo authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request;
    }

    private static CertificateRequest Certificate(ECDsa key, X509Certificate2 authority)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ChainRules.ServerAuth)], critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(
            X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        return request;
    }

    private static byte[] Serial()
    {
        byte[] serial = RandomNumberGenerator.GetBytes(SerialBytes);
        serial[0] = (byte)((serial[0] & 0x7F) | 0x40);
        return serial;
    }
}
