using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Atlas.Core.Configuration;
using Atlas.Core.Tls;

namespace Atlas.Control.Tests.Tls;

public sealed class TlsFilesTests : IDisposable
{
    private const string Pair = "{ certificates: [{ cert: a.pem, key: a.key }] }";

    private readonly TestPki _pki = new();

    public void Dispose() => _pki.Dispose();

    [Fact]
    public void Load_WithoutTls_IsEmpty()
    {
        var loading = _pki.Load("listeners:\n  l: { bind: 127.0.0.1:1, pool: p }\npools: { p: { servers: [127.0.0.1:9] } }");

        loading.Material.ShouldBe(TlsMaterial.Empty);
        loading.Files.ShouldBeEmpty();
    }

    [Fact]
    public void Load_GoodPair_IsItsMaterial()
    {
        var (leaf, root) = TestPki.Leaf("Example.com", "*.Example.com", "192.0.2.1", "2001:DB8::1");
        _pki.Write("certs/a.pem", "a comment\n" + leaf.CertPem + "another\n" + root.CertPem);
        _pki.Write("certs/a.key", leaf.KeyPem);

        var loading = _pki.LoadListener("{ certificates: [{ cert: certs/a.pem, key: certs/a.key }] }");

        NoFindings(loading);
        var listener = loading.Material!.FindListener("l").ShouldNotBeNull();
        listener.ClientAuthorities.ShouldBeNull();
        var material = listener.Certificates.ShouldHaveSingleItem();
        Text(material.ChainPem).ShouldBe(leaf.CertPem + root.CertPem);
        using var read = X509Certificate2.CreateFromPem(Text(material.ChainPem), Text(material.KeyPem));
        read.HasPrivateKey.ShouldBeTrue();
        material.OcspDer.ShouldBeNull();
        material.Names.ShouldBe(["example.com", "*.example.com", "192.0.2.1", "2001:db8::1"]);
        material.Title.ShouldBe("example.com");
        material.KeyType.ShouldBe(CertificateKeyType.Ecdsa);
        material.Fingerprint.ShouldBe(leaf.Fingerprint);
        material.NotBeforeUnixSeconds.ShouldBe(IssueOptions.Now.AddDays(-1).ToUnixTimeSeconds());
        material.NotAfterUnixSeconds.ShouldBe(IssueOptions.Now.AddDays(90).ToUnixTimeSeconds());
        (material.Subject, material.Issuer).ShouldBe(("CN=leaf", "CN=Test Root"));
        loading.Files.ShouldBe([Path.Combine(_pki.Folder, "certs/a.pem"), Path.Combine(_pki.Folder, "certs/a.key")]);
    }

    [Fact]
    public void Load_Material_SaysNothingOfItsKey()
    {
        _pki.WritePair("a", "a.example");

        string text = _pki.LoadListener(Pair).Material!.Listeners[0].Certificates[0].ToString();

        text.ShouldStartWith("a.example (");
        text.Length.ShouldBe("a.example ()".Length + 64);
    }

    [Theory]
    [InlineData("RSA PRIVATE KEY")]
    [InlineData("EC PRIVATE KEY")]
    [InlineData("PRIVATE KEY")]
    public void Load_EachFormOfKey_IsTaken(string label)
    {
        var key = label.StartsWith("RSA", StringComparison.Ordinal) ? (AsymmetricAlgorithm)RSA.Create(2048) : ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var leaf = TestPki.Issue(new IssueOptions { Names = ["a.example"], Key = () => key });
        _pki.Write("a.pem", leaf.CertPem);
        _pki.Write("a.key", label switch
        {
            "RSA PRIVATE KEY" => ((RSA)key).ExportRSAPrivateKeyPem(),

            // As openssl ecparam -genkey writes it.
            "EC PRIVATE KEY" => "-----BEGIN EC PARAMETERS-----\nBgUrgQQAIg==\n-----END EC PARAMETERS-----\n" + ((ECDsa)key).ExportECPrivateKeyPem(),
            _ => leaf.KeyPem,
        });

        var loading = _pki.LoadListener(Pair);

        NoFindings(loading);
        Text(loading.Material!.Listeners[0].Certificates[0].KeyPem).ShouldBe(leaf.KeyPem.TrimEnd());
    }

    [Fact]
    public void Load_CertificateAndKeyInOneFile_IsTaken()
    {
        var (leaf, root) = TestPki.Leaf("a.example");
        _pki.Write("a.pem", leaf.KeyPem + leaf.CertPem + root.CertPem);

        var loading = _pki.LoadListener("{ certificates: [{ cert: a.pem, key: a.pem }] }");

        NoFindings(loading);
        Text(loading.Material!.Listeners[0].Certificates[0].ChainPem).ShouldBe(leaf.CertPem + root.CertPem);
    }

    [Fact]
    public void Load_MissingFiles_AreMissingAndNoErrors()
    {
        var loading = _pki.LoadListener("{ certificates: [{ cert: a.pem, key: no/a.key, ocsp: a.ocsp }], client_ca: ca.pem }");

        loading.Material.ShouldBeNull();
        loading.Errors.ShouldBeEmpty();
        _pki.Texts(loading.Missing).ShouldBe(
        [
            "'cert': there is no file FOLDER/a.pem",
            "'key': there is no file FOLDER/no/a.key",
            "'client_ca': there is no file FOLDER/ca.pem",
        ]);
        (loading.Missing[0].Line, loading.Missing[0].Column).ShouldBe((2, 66));
    }

    [Fact]
    public void Load_TwoListenersWithTheSamePair_ReadsItOnceAndSaysItOnce()
    {
        const string tls = "tls: { certificates: [{ cert: a.pem, key: a.key }] }";

        var loading = _pki.Load(
            $"listeners:\n  l: {{ bind: 127.0.0.1:1, pool: p, {tls} }}\n  m: {{ bind: 127.0.0.1:2, pool: p, {tls} }}\npools: {{ p: {{ servers: [127.0.0.1:9] }} }}");

        loading.Missing.Count.ShouldBe(2);
        loading.Files.Count.ShouldBe(2);
    }

    [Fact]
    public void Load_Twice_IsEqual()
    {
        _pki.WritePair("a", "a.example");
        var first = _pki.LoadListener(Pair).Material;

        _pki.LoadListener(Pair).Material.ShouldBe(first);

        _pki.WritePair("a", "a.example");
        _pki.LoadListener(Pair).Material.ShouldNotBe(first);
    }

    [Fact]
    public void Load_RsaAndEcdsaForOneName_StandSideBySide()
    {
        _pki.WritePair("a", "a.example");
        var rsa = TestPki.Issue(new IssueOptions { Names = ["a.example"], Key = () => RSA.Create(2048) });
        _pki.Write("b.pem", rsa.CertPem);
        _pki.Write("b.key", rsa.KeyPem);

        var loading = _pki.LoadListener("{ certificates: [{ cert: a.pem, key: a.key }, { cert: b.pem, key: b.key }] }");

        NoFindings(loading);
        loading.Material!.Listeners[0].Certificates.Select(material => material.KeyType).ShouldBe([CertificateKeyType.Ecdsa, CertificateKeyType.Rsa]);
    }

    [Fact]
    public void Load_TwoOfOneKindForOneName_IsAnErrorWithBothPlaces()
    {
        _pki.WritePair("a", "a.example", "b.example", "c.example");
        _pki.WritePair("b", "B.example", "c.example", "d.example");

        var loading = _pki.LoadListener("{ certificates: [{ cert: a.pem, key: a.key },\n    { cert: b.pem, key: b.key }] }");

        loading.Material.ShouldBeNull();
        var error = loading.Errors.ShouldHaveSingleItem();
        error.Line.ShouldBe(3);
        error.Message.ShouldBe(
            "listener 'l' has two ECDSA certificates for b.example and 1 more: a.pem in line 2, and b.pem: remove one of them");
    }

    [Fact]
    public void Load_PoolWithCaAndCertificate_IsItsMaterial()
    {
        var ca = TestPki.Authority("CN=Servers");
        var other = TestPki.Authority("CN=Others");
        _pki.Write("ca.pem", ca.CertPem + other.CertPem);
        var (leaf, root) = TestPki.Leaf();
        _pki.Write("me.pem", leaf.CertPem + root.CertPem);
        _pki.Write("me.key", leaf.KeyPem);

        var loading = _pki.LoadPool("{ ca: ca.pem, cert: me.pem, key: me.key }");

        NoFindings(loading);
        var pool = loading.Material!.FindPool("p").ShouldNotBeNull();
        pool.Authorities!.Subjects.ShouldBe(["CN=Servers", "CN=Others"]);
        Text(pool.Authorities.Pem).ShouldBe(ca.CertPem + other.CertPem);
        pool.Certificate!.Fingerprint.ShouldBe(leaf.Fingerprint);
        pool.Certificate.Title.ShouldBe("CN=leaf");
    }

    [Fact]
    public void Load_Stores_AreTheirMaterial()
    {
        const string rest = "listeners: { l: { bind: 127.0.0.1:1, pool: p } }\npools: { p: { servers: [127.0.0.1:9] } }\nstores:\n";
        _pki.Write("ca.pem", TestPki.Authority("CN=Redis").CertPem);

        var loading = _pki.Load(rest
            + "  a: { type: redis, url: redis://127.0.0.1 }\n"
            + "  b: { type: redis, url: rediss://127.0.0.1 }\n"
            + "  c: { type: redis, cluster: [127.0.0.1:1], tls: { ca: ca.pem } }");

        NoFindings(loading);
        loading.Material!.FindStore("a").ShouldBeNull();
        loading.Material.FindStore("b").ShouldNotBeNull().Authorities.ShouldBeNull();
        loading.Material.FindStore("c").ShouldNotBeNull().Authorities!.Subjects.ShouldBe(["CN=Redis"]);
        _pki.Texts(_pki.Load(rest + "  a: { type: redis, url: rediss://127.0.0.1, tls: { ca: no.pem } }").Missing)
            .ShouldBe(["'ca': there is no file FOLDER/no.pem"]);
    }

    [Fact]
    public void Load_ClientCa_IsTheListenersAuthorities()
    {
        _pki.WritePair("a", "a.example");
        _pki.Write("ca.pem", TestPki.Authority("CN=Clients").CertPem);

        var loading = _pki.LoadListener("{ certificates: [{ cert: a.pem, key: a.key }], client_ca: ca.pem }");

        NoFindings(loading);
        loading.Material!.Listeners[0].ClientAuthorities!.Subjects.ShouldBe(["CN=Clients"]);
    }

    private static void NoFindings(Atlas.Control.Tls.TlsLoading loading)
    {
        loading.Errors.ShouldBeEmpty();
        loading.Missing.ShouldBeEmpty();
        loading.Warnings.ShouldBeEmpty();
        loading.Ending.ShouldBeEmpty();
        loading.Notes.ShouldBeEmpty();
        loading.Material.ShouldNotBeNull();
    }

    private static string Text(ValueList<byte> bytes) => Encoding.ASCII.GetString(bytes.AsSpan());
}
