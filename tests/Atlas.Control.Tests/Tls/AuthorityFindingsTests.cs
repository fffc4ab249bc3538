using System.Security.Cryptography;
using Atlas.Core.Tls;

namespace Atlas.Control.Tests.Tls;

/// <summary>What is said of files of authorities.</summary>
public sealed class AuthorityFindingsTests : TlsFindings
{
    [Fact]
    public void ClientCa_WithWhatIsNoAuthority_IsAWarning()
    {
        Pki.WritePair("a", "a.example");
        var expired = TestPki.Issue(new IssueOptions { Subject = "CN=Gone", IsAuthority = true, NotAfter = IssueOptions.Now.AddHours(-1) });
        Pki.Write("ca.pem", TestPki.Leaf("b.example").Leaf.CertPem + expired.CertPem);

        Warning(
            "{ certificates: [{ cert: a.pem, key: a.key }], client_ca: ca.pem }",
            "'client_ca': certificate 1 of 2 in ca.pem (CN=leaf) is no authority's, so that nothing it signed is believed: 'client_ca' is for "
                + "the authority that signed the certificates of clients; of this one that is CN=Test Root",
            "'client_ca': certificate 2 of 2 in ca.pem (CN=Gone) expired on 2026-06-01 11:00 UTC: nothing it signed is believed");
    }

    [Theory]
    [InlineData(-1, true, false)]
    [InlineData(1, true, false)]
    [InlineData(-1, false, true)]
    [InlineData(1, false, true)]
    public void Ca_WithARenewalBesideIt_IsAWarningOnlyIfTheKeyIsAnother(int endsInDays, bool sameKey, bool isSaid)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var old = new IssueOptions
        {
            IsAuthority = true, Key = () => key, NotBefore = IssueOptions.Now.AddDays(-90), NotAfter = IssueOptions.Now.AddDays(endsInDays),
        };
        var renewal = new IssueOptions { IsAuthority = true, Key = sameKey ? () => key : new IssueOptions().Key };
        Pki.Write("ca.pem", TestPki.Issue(old).CertPem + TestPki.Issue(renewal).CertPem);

        var loading = Pki.LoadPool("{ ca: ca.pem }");

        (loading.Warnings.Count + loading.Ending.Count).ShouldBe(isSaid ? 1 : 0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Ca_WithABundle_IsAWarningOnlyIfNoneIsValid(bool areAllExpired)
    {
        var own = new IssueOptions { IsAuthority = true, NotBefore = IssueOptions.Now.AddDays(-9), NotAfter = IssueOptions.Now.AddDays(-1) };
        var pem = Enumerable.Range(0, AuthorityMaterial.MaxOwn + 1).Select(i => TestPki.Issue(own with
        {
            Subject = $"CN=Root {i}", NotAfter = i < 2 || areAllExpired ? own.NotAfter : IssueOptions.Now.AddYears(1),
        }).CertPem);
        Pki.Write("ca.pem", string.Concat(pem));

        var loading = Pki.LoadPool("{ ca: ca.pem }");

        string[] all = ["'ca': none of the 51 certificates in ca.pem is valid: nothing they signed is believed"];
        string[] some =
        [
            "'ca': 2 of 51 certificates in ca.pem are not valid, and nothing they signed is believed; the first is CN=Root 0, which expired on "
                + "2026-05-31 12:00 UTC",
        ];
        Pki.Texts(loading.Warnings).ShouldBe(areAllExpired ? all : []);
        Pki.Texts(loading.Notes).ShouldBe(areAllExpired ? [] : some);
        loading.Ending.ShouldBeEmpty();
    }

    [Fact]
    public void Ca_WithTheCertificateOfAServerThatSignedItself_IsANote()
    {
        Pki.Write("ca.pem", TestPki.Issue(new IssueOptions { Subject = "CN=own" }).CertPem);

        var loading = Pki.LoadPool("{ ca: ca.pem }");

        loading.Warnings.ShouldBeEmpty();
        Pki.Texts(loading.Notes).ShouldBe(
            ["'ca': certificate 1 of 1 in ca.pem (CN=own) is no authority's: it signed itself, and is all that it lets in"]);
    }

    [Theory]
    [InlineData("servers", "ca")]
    [InlineData("clients", "client_ca")]
    public void Ca_WithAPrivateKey_SaysWhatBelongsThere(string whose, string key)
    {
        var leaf = Pki.WritePair("a", "a.example");
        Pki.Write("ca.pem", leaf.KeyPem);

        var loading = key == "ca" ? Pki.LoadPool("{ ca: ca.pem }") : Pki.LoadListener("{ certificates: [{ cert: a.pem, key: a.key }], client_ca: ca.pem }");

        Pki.Texts(loading.Errors).ShouldBe(
        [
            $"'{key}': ca.pem has a private key and no certificate: name the file of the certificates of the authority that signed those of {whose}",
        ]);
    }

    [Fact]
    public void Ca_WithoutCertificate_IsAnError()
    {
        Pki.Write("ca.pem", "nothing");

        Pki.Texts(Pki.LoadPool("{ ca: ca.pem }").Errors).ShouldBe(
            ["'ca': ca.pem has no certificate: a PEM file has lines that say -----BEGIN CERTIFICATE-----"]);
    }
}
