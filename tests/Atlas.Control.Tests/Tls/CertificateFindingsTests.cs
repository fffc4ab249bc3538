using System.Security.Cryptography;

namespace Atlas.Control.Tests.Tls;

/// <summary>What is said of certificates that peers refuse, or soon will.</summary>
public sealed class CertificateFindingsTests : TlsFindings
{
    [Theory]
    [InlineData(90, null)]
    [InlineData(91, "'cert': certificate 1 of 2 in a.pem (CN=leaf) expired on 2026-08-30 12:00 UTC: clients refuse it, so put a new one there")]
    [InlineData(-2, "'cert': certificate 1 of 2 in a.pem (CN=leaf) is not valid before 2026-05-31 12:00 UTC: clients refuse it, so put a new one there")]
    public void Certificate_OutOfItsTime_IsAWarningAndServed(int days, string? warning)
    {
        var root = TestPki.Issue(new IssueOptions
        {
            Subject = "CN=Old Root", IsAuthority = true, NotBefore = IssueOptions.Now.AddYears(-1), NotAfter = IssueOptions.Now.AddYears(1),
        });
        var leaf = TestPki.Issue(new IssueOptions { Subject = "CN=leaf", Names = ["a.example"], Issuer = root });
        Pki.Write("a.pem", leaf.CertPem + root.CertPem);
        Pki.Write("a.key", leaf.KeyPem);
        Pki.Now = IssueOptions.Now.AddDays(days);

        var loading = Pki.LoadListener(Pair);

        loading.Material.ShouldNotBeNull();
        Pki.Texts(loading.Warnings).ShouldBe(warning is null ? [] : [warning]);
    }

    [Theory]
    [InlineData(false, false, "; unless it is a root that clients know, append its certificate")]
    [InlineData(false, true, "; unless it is a root that servers know, append its certificate")]
    [InlineData(true, false, "; whoever does not know it, refuses the certificate, so append the issuer's")]
    public void Chain_WithoutTheIssuer_IsAWarningOfAPublicAuthorityAndElseANote(bool isLogged, bool isOfPool, string advice)
    {
        var root = TestPki.Authority();
        var between = TestPki.Authority("CN=Between", root);
        var leaf = TestPki.Issue(new IssueOptions { Subject = "CN=leaf", Names = ["a.example"], Issuer = between, IsLogged = isLogged });
        Pki.Write("a.pem", leaf.CertPem);
        Pki.Write("a.key", leaf.KeyPem);

        var loading = isOfPool ? Pki.LoadPool("{ cert: a.pem, key: a.key }") : Pki.LoadListener(Pair);

        string text = "'cert': a.pem ends before a root: CN=Between is neither in it nor known to this system" + advice;
        Pki.Texts(loading.Warnings).ShouldBe(isLogged ? [text] : []);
        Pki.Texts(loading.Notes).ShouldBe(isLogged ? [] : [text]);
    }

    // 90 days: 14 are too little. 9 days: 3 are.
    [Theory]
    [InlineData(90, 14, 0, null)]
    [InlineData(90, 14, 1, "expires in 14 days, on 2026-08-30 12:00 UTC: renew it")]
    [InlineData(9, 3, 0, null)]
    [InlineData(9, 3, 1, "expires in 3 days, on 2026-06-10 12:00 UTC: renew it")]
    public void Certificate_NearItsEnd_IsSaidToBeWithItsDate(int days, int left, int seconds, string? text)
    {
        var whole = new IssueOptions { NotBefore = IssueOptions.Now, NotAfter = IssueOptions.Now.AddDays(days) };
        var leaf = TestPki.Issue(whole with { Names = ["a.example"] });
        Pki.Write("a.pem", leaf.CertPem);
        Pki.Write("a.key", leaf.KeyPem);
        Pki.Write("ca.pem", TestPki.Issue(whole with { Subject = "CN=ca", IsAuthority = true }).CertPem);
        Pki.Now = IssueOptions.Now.AddDays(days - left).AddSeconds(seconds);

        var loading = Pki.LoadListener("{ certificates: [{ cert: a.pem, key: a.key }], client_ca: ca.pem }");

        Pki.Texts(loading.Ending).ShouldBe(
            text is null ? [] : [$"'cert': a.pem {text}", $"'client_ca': certificate 1 of 1 in ca.pem (CN=ca) {text}"]);
        loading.Warnings.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("[ECDHE-RSA-AES128-GCM-SHA256]", "ECDSA")]
    [InlineData("[ECDHE-RSA-AES128-GCM-SHA256, ECDHE-ECDSA-AES128-GCM-SHA256]", null)]
    public void Ciphers_ForNoKeyOfACertificate_AreAWarning(string ciphers, string? kind)
    {
        Pki.WritePair("a", "a.example");

        Warning(
            $"{{ certificates: [{{ cert: a.pem, key: a.key }}], ciphers: {ciphers} }}",
            kind is null ? [] : [TextOfCiphers(kind, "a.example")]);
    }

    [Theory]
    [InlineData("a.example", "ECDHE-RSA-AES128-GCM-SHA256", null)]
    [InlineData("b.example", "ECDHE-RSA-AES128-GCM-SHA256", "a.example")]
    [InlineData("b.example", "ECDHE-ECDSA-AES128-GCM-SHA256", "b.example")]
    public void Ciphers_ForOneOfTwoKeys_AreAWarningUnlessTheOtherHasAllNames(string ofRsa, string cipher, string? missed)
    {
        Pki.WritePair("a", "a.example");
        Pki.WritePair("b", new IssueOptions { Names = [ofRsa], Key = () => RSA.Create(2048) });

        Warning(
            $"{{ certificates: [{{ cert: a.pem, key: a.key }}, {{ cert: b.pem, key: b.key }}], ciphers: {cipher} }}",
            missed is null ? [] : [TextOfCiphers(missed == "a.example" ? "ECDSA" : "RSA", missed)]);
    }

    [Fact]
    public void Certificate_OfAPoolOutOfItsTime_IsRefusedByServers()
    {
        Pki.WritePair("a", new IssueOptions { NotAfter = IssueOptions.Now.AddHours(-1) });

        Pki.Texts(Pki.LoadPool("{ cert: a.pem, key: a.key }").Warnings).ShouldBe(
            ["'cert': certificate 1 of 2 in a.pem (CN=leaf) expired on 2026-06-01 11:00 UTC: servers refuse it, so put a new one there"]);
    }

    [Fact]
    public void Chain_OutOfOrder_IsAWarning()
    {
        var root = TestPki.Authority();
        var between = TestPki.Authority("CN=Between", root);
        var leaf = TestPki.Issue(new IssueOptions { Subject = "CN=leaf", Names = ["a.example"], Issuer = between });
        Pki.Write("a.pem", leaf.CertPem + root.CertPem + between.CertPem);
        Pki.Write("a.key", leaf.KeyPem);

        const string why = "has not signed the one before it: some clients need the order own certificate, its issuer, the issuer's issuer";
        Warning(Pair, $"'cert': certificate 2 of 3 in a.pem (CN=Test Root) {why}", $"'cert': certificate 3 of 3 in a.pem (CN=Between) {why}");
    }

    [Theory]
    [InlineData(2040, "has an RSA key of 2040 bits, and at least 2048 are needed: make a new key")]
    [InlineData(2048, null)]
    public void Certificate_WithARsaKey_NeedsEnoughBits(int bits, string? error)
    {
        var leaf = TestPki.Issue(new IssueOptions { Names = ["a.example"], Key = () => RSA.Create(bits) });
        Pki.Write("a.pem", leaf.CertPem);
        Pki.Write("a.key", leaf.KeyPem);

        Pki.Texts(Pki.LoadListener(Pair).Errors).ShouldBe(error is null ? [] : [$"'cert': a.pem {error}"]);
    }

    [Fact]
    public void Certificate_OnACurveOfNoClient_IsAnError()
    {
        var leaf = TestPki.Issue(new IssueOptions { Names = ["a.example"], Key = () => ECDsa.Create(ECCurve.CreateFromFriendlyName("secp256k1")) });
        Pki.Write("a.pem", leaf.CertPem);
        Pki.Write("a.key", leaf.KeyPem);

        Error(Pair, "'cert': a.pem has a key on a curve that clients do not take: use P-256, P-384 or P-521");
    }

    [Fact]
    public void Certificate_SignedWithSha1_IsAnErrorUnlessARoot()
    {
        var root = TestPki.Issue(new IssueOptions { Subject = "CN=Old", IsAuthority = true, IsSignedWithSha1 = true, Key = () => RSA.Create(2048) });
        var leaf = TestPki.Issue(new IssueOptions { Names = ["a.example"], Issuer = root, IsSignedWithSha1 = true });
        Pki.Write("a.pem", leaf.CertPem + root.CertPem);
        Pki.Write("a.key", leaf.KeyPem);

        Error(Pair, "'cert': certificate 1 of 2 in a.pem (CN=test) is signed with SHA-1 or MD5, which clients refuse: have it signed with SHA-256");
    }

    [Fact]
    public void Certificate_WithoutNames_IsAWarning()
    {
        Pki.WritePair("a");

        Warning(Pair, "'cert': a.pem is for no name (subjectAltName; the common name counts for nothing): clients refuse it");
    }

    [Fact]
    public void Certificate_ForClientsAlone_IsAWarningOfAListener()
    {
        var leaf = TestPki.Issue(new IssueOptions { Names = ["a.example"], Usage = ClientAuth });
        Pki.Write("a.pem", leaf.CertPem);
        Pki.Write("a.key", leaf.KeyPem);

        Warning(Pair, "'cert': a.pem is for clientAuth or other things but not serverAuth (extended key usage): clients refuse it");
        Pki.LoadPool("{ cert: a.pem, key: a.key }").Warnings.ShouldBeEmpty();
    }

    private static string TextOfCiphers(string kind, string name) =>
        $"'ciphers': none is for a key of {kind}, as the certificate of {name} has, so that clients with TLS 1.2 are refused there: add one whose name "
            + $"begins with ECDHE-{kind}, or write min_version: \"1.3\"";
}
