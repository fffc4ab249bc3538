using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Atlas.Control.Configuration;
using Atlas.Control.Tls;

namespace Atlas.Control.Tests.Tls;

/// <summary>Certificates of a test, and the folder that its configuration and files are in.</summary>
internal sealed class TestPki : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static int _serial = 1000;

    // File systems tell times of a few milliseconds apart alike; tests write faster than that.
    private DateTime _writtenAt = new(2026, 6, 1, 12, 0, 0, DateTimeKind.Utc);

    public TestPki() => Folder = Directory.CreateTempSubdirectory("atlas-pki-").FullName;

    public string Folder { get; }

    public DateTimeOffset Now { get; set; } = IssueOptions.Now;

    public string ConfigFile => Path.Combine(Folder, "atlas.yaml");

    public static IssuedCertificate Issue(IssueOptions options)
    {
        var key = options.Key();
        var name = new X500DistinguishedName(options.Subject);
        var request = key is RSA rsa
            ? new CertificateRequest(name, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest(name, (ECDsa)key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(options.IsAuthority, false, 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        if (options.Names.Length > 0)
        {
            var names = new SubjectAlternativeNameBuilder();
            foreach (string text in options.Names)
            {
                if (IPAddress.TryParse(text, out var address))
                {
                    names.AddIpAddress(address);
                }
                else
                {
                    names.AddDnsName(text);
                }
            }

            request.CertificateExtensions.Add(names.Build());
        }

        if (options.Usage is { } usage)
        {
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        }

        if (options.IsLogged)
        {
            request.CertificateExtensions.Add(new X509Extension("1.3.6.1.4.1.11129.2.4.2", [4, 0], critical: false));
        }

        return new IssuedCertificate(Sign(request, options, key), key);
    }

    public static IssuedCertificate Authority(string subject = "CN=Test Root", IssuedCertificate? issuer = null) =>
        Issue(new IssueOptions { Subject = subject, IsAuthority = true, Issuer = issuer });

    /// <summary>A certificate of a root that is no system's, with that root.</summary>
    public static (IssuedCertificate Leaf, IssuedCertificate Root) Leaf(params string[] names)
    {
        var root = Authority();
        return (Issue(new IssueOptions { Subject = "CN=leaf", Names = names, Issuer = root }), root);
    }

    /// <summary>Writes a file that only this user may read.</summary>
    public string Write(string name, string content, UnixFileMode mode = Private)
    {
        string path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }

        _writtenAt = _writtenAt.AddSeconds(1);
        File.SetLastWriteTimeUtc(path, _writtenAt);
        return path;
    }

    public void WriteBytes(string name, byte[] content) => File.WriteAllBytes(Path.Combine(Folder, name), content);

    /// <summary>Writes a leaf with its root, and its key, as NAME.pem and NAME.key.</summary>
    public IssuedCertificate WritePair(string name, params string[] names) => WritePair(name, new IssueOptions { Names = names });

    /// <summary>The same of a certificate that is like this but for its issuer.</summary>
    public IssuedCertificate WritePair(string name, IssueOptions options)
    {
        var root = Authority();
        var leaf = Issue(options with { Subject = "CN=leaf", Issuer = root });
        Write(name + ".pem", leaf.CertPem + root.CertPem);
        Write(name + ".key", leaf.KeyPem);
        return leaf;
    }

    /// <summary>Loads what a listener's 'tls' names.</summary>
    public TlsLoading LoadListener(string tls) => Load($"listeners:\n  l: {{ bind: 127.0.0.1:1, pool: p, tls: {tls} }}\npools: {{ p: {{ servers: [127.0.0.1:9] }} }}");

    /// <summary>Loads what a pool's 'tls' names.</summary>
    public TlsLoading LoadPool(string tls) => Load($"listeners:\n  l: {{ bind: 127.0.0.1:1, pool: p }}\npools: {{ p: {{ servers: [127.0.0.1:9], tls: {tls} }} }}");

    public TlsLoading Load(string yaml)
    {
        var result = ConfigLoader.Parse(yaml + "\n", ConfigFile);
        result.Errors.ShouldBeEmpty();
        return TlsFiles.Load(result.Config!, Now);
    }

    /// <summary>Messages without what differs from run to run.</summary>
    public string[] Texts(IReadOnlyList<ConfigError> findings) =>
        [.. findings.Select(finding => finding.Message.Replace(Folder + "/", "FOLDER/", StringComparison.Ordinal))];

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static X509Certificate2 Sign(CertificateRequest request, IssueOptions options, AsymmetricAlgorithm key)
    {
        if (options.Issuer is { } issuer)
        {
            request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(issuer.Certificate, true, false));
        }

        byte[] serial = BitConverter.GetBytes(IPAddress.HostToNetworkOrder(Interlocked.Increment(ref _serial)));
        var signer = options.Issuer?.Key ?? key;
        X509SignatureGenerator generator = signer is RSA rsa
            ? X509SignatureGenerator.CreateForRSA(rsa, RSASignaturePadding.Pkcs1)
            : X509SignatureGenerator.CreateForECDsa((ECDsa)signer);
        return request.Create(
            options.Issuer?.Certificate.SubjectName ?? request.SubjectName,
            options.IsSignedWithSha1 ? new Sha1Generator((RSA)signer) : generator,
            options.NotBefore,
            options.NotAfter,
            serial);
    }
}
