using Atlas.Control.Tls;

namespace Atlas.Control.Tests.Tls;

/// <summary>Files of authorities that change, and problems of them.</summary>
public sealed class AuthorityRenewalTests : IDisposable
{
    private const string Mutual = "{ certificates: [{ cert: a.pem, key: a.key }], client_ca: ca.pem }";
    private const string Place = "FOLDER/atlas.yaml:2:99: ";
    private const string Stays = "; what was read before stays in force";

    private readonly TestPki _pki = new();
    private readonly WatchUnderTest _watch;

    public AuthorityRenewalTests()
    {
        _watch = new WatchUnderTest(_pki);
        _pki.WritePair("a", "a.example");
    }

    public void Dispose()
    {
        _watch.Dispose();
        _pki.Dispose();
    }

    [Fact]
    public void Look_FileGone_IsAProblemOfTheAuthorities()
    {
        Start("CN=One");
        File.Delete(Path.Combine(_pki.Folder, "ca.pem"));

        LookTwice();

        _watch.Texts.ShouldBe([$"{Place}'client_ca': there is no file FOLDER/ca.pem{Stays}"]);
        Problem.ShouldBe($"'client_ca': there is no file {_pki.Folder}/ca.pem");
        Subjects.ShouldBe(["CN=One"]);
        _watch.Watch.Certificates[0].Problem.ShouldBeNull();
    }

    [Fact]
    public void Look_FileOfSeveralListenersIsNoPem_IsAProblemOfEach()
    {
        _pki.Write("ca.pem", TestPki.Authority().CertPem);
        _watch.ApplyYaml(
            "listeners:\n"
            + $"  l: {{ bind: 127.0.0.1:1, pool: p, tls: {Mutual} }}\n"
            + $"  m: {{ bind: 127.0.0.1:2, pool: p, tls: {Mutual} }}\n"
            + "pools: { p: { servers: [127.0.0.1:9] } }\n");
        _pki.Write("ca.pem", "nothing");
        _pki.Write("a.key", "nothing");

        LookTwice();

        _watch.Watch.Authorities.Select(file => file.Owner.Name).ShouldBe(["l", "m"]);
        _watch.Watch.Authorities.ShouldAllBe(file => file.Problem!.StartsWith("'client_ca': ca.pem has no certificate", StringComparison.Ordinal));
        _watch.Watch.Certificates.ShouldAllBe(one => one.Problem!.StartsWith("'key': a.key has no private key", StringComparison.Ordinal));
        _watch.Events.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("CN=One", "the certificate of CN=One in ca.pem expired on 2026-06-01 11:00 UTC, and the one before is valid")]
    [InlineData("CN=Other", "the certificate of CN=Other in ca.pem expired on 2026-06-01 11:00 UTC, and the one before is valid")]
    public void Look_RenewedByAnExpiredOne_KeepsTheOldOneAndSaysWhy(string subject, string why)
    {
        Start("CN=One");
        _pki.Write("ca.pem", Expired(subject).CertPem);

        LookTwice();

        _watch.Texts.ShouldBe([$"{Place}'client_ca': {why}{Stays}"]);
        Problem.ShouldBe($"'client_ca': {why}");
        Subjects.ShouldBe(["CN=One"]);
        _watch.Taken.ShouldBeEmpty();
    }

    // What is still good in the file is no comfort to the clients of the other one.
    [Fact]
    public void Look_OneOfTwoRenewedByAnExpiredOne_KeepsBoth()
    {
        var other = TestPki.Authority("CN=Two");
        _pki.Write("ca.pem", TestPki.Authority("CN=One").CertPem + other.CertPem);
        _watch.Apply(Mutual);
        _pki.Write("ca.pem", Expired("CN=One").CertPem + other.CertPem);

        LookTwice();

        _watch.Taken.ShouldBeEmpty();
        Problem!.ShouldContain("the certificate of CN=One in ca.pem expired");
    }

    [Fact]
    public void Look_ExpiredOneAddedToAGoodOne_IsTaken()
    {
        var good = Start("CN=One");
        _pki.Write("ca.pem", good.CertPem + Expired("CN=Old").CertPem + Expired("CN=One").CertPem);

        _watch.Look();

        Subjects.ShouldBe(["CN=One", "CN=Old", "CN=One"]);
        Problem.ShouldBeNull();
    }

    // That is how an authority is taken back.
    [Fact]
    public void Look_OneOfTwoIsGone_IsTaken()
    {
        var good = TestPki.Authority("CN=One");
        _pki.Write("ca.pem", good.CertPem + TestPki.Authority("CN=Two").CertPem);
        _watch.Apply(Mutual);
        _pki.Write("ca.pem", good.CertPem);

        _watch.Look();

        Subjects.ShouldBe(["CN=One"]);
    }

    [Fact]
    public void Look_RenewedByTheCertificateOfAClient_KeepsTheAuthority()
    {
        Start("CN=One");
        _pki.Write("ca.pem", TestPki.Leaf("a.example").Leaf.CertPem);

        LookTwice();

        Subjects.ShouldBe(["CN=One"]);
        Problem.ShouldBe("'client_ca': no certificate in ca.pem is an authority's, and the one before is");
    }

    [Fact]
    public void Look_RenewedByOneThatIsNotValidYet_TakesItOnceItIs()
    {
        Start("CN=One");
        _pki.Write("ca.pem", TestPki.Issue(Authority("CN=Next") with { NotBefore = IssueOptions.Now.AddSeconds(5) }).CertPem);
        LookTwice();
        Subjects.ShouldBe(["CN=One"]);

        _watch.Look();

        Subjects.ShouldBe(["CN=Next"]);
        Problem.ShouldBeNull();
    }

    // Nothing is lost.
    [Fact]
    public void Look_ExpiredOneRenewedByAnExpiredOne_TakesIt()
    {
        _pki.Write("ca.pem", Expired("CN=One").CertPem);
        _watch.Apply(Mutual);
        _pki.Write("ca.pem", Expired("CN=Two").CertPem);

        _watch.Look();

        Subjects.ShouldBe(["CN=Two"]);
    }

    [Fact]
    public void Apply_SameConfigurationWithAnExpiredOne_KeepsTheOldOneAndAChangedOneTakesIt()
    {
        Start("CN=One");
        _pki.Write("ca.pem", Expired("CN=Two").CertPem);

        _watch.Apply(Mutual);
        Subjects.ShouldBe(["CN=One"]);
        Problem.ShouldNotBeNull();

        _watch.Apply(Mutual, ", balance: first");
        Subjects.ShouldBe(["CN=Two"]);
        Problem.ShouldBeNull();
    }

    [Fact]
    public void Look_ProblemIsOver_SaysSoOnce()
    {
        var good = Start("CN=One");
        _pki.Write("ca.pem", "nothing");
        LookTwice();
        _watch.Events.Clear();
        _pki.Write("ca.pem", good.CertPem);

        LookTwice();

        _watch.Texts.ShouldBe(["listener l: authorities of ca.pem: what the files have can be used again, and is in force"]);
        _watch.Events[0].Kind.ShouldBe(CertificateEventKind.Restored);
    }

    // The line of what came into force says it, too.
    [Fact]
    public void Look_ProblemEndsWithARenewal_SaysTheRenewalAlone()
    {
        Start("CN=One");
        _pki.Write("ca.pem", "nothing");
        LookTwice();
        _watch.Events.Clear();
        _pki.Write("ca.pem", TestPki.Authority("CN=Two").CertPem);

        LookTwice();

        _watch.Texts.ShouldBe(["listener l: authorities of ca.pem changed: CN=Two"]);
    }

    [Fact]
    public void Look_ProblemOfACertificateIsOver_SaysSo()
    {
        Start("CN=One");
        string key = File.ReadAllText(Path.Combine(_pki.Folder, "a.key"));
        _pki.Write("a.key", TestPki.Leaf("a.example").Leaf.KeyPem);
        LookTwice();
        _watch.Events.Clear();
        _pki.Write("a.key", key);

        LookTwice();

        _watch.Texts.ShouldBe(["listener l: certificate a.example (a.pem): what the files have can be used again, and is in force"]);
    }

    // A file that is written in two steps has no problem.
    [Fact]
    public void Look_ProblemThatWasNotSaidIsOver_SaysNothing()
    {
        var good = Start("CN=One");
        _pki.Write("ca.pem", "");
        _watch.Look();
        _pki.Write("ca.pem", good.CertPem);

        LookTwice();

        _watch.Events.ShouldBeEmpty();
    }

    // The pairs are good, but not beside each other.
    [Fact]
    public void Look_RenewedForTheNameOfAnother_IsAProblemUntilItIsOver()
    {
        var old = _pki.WritePair("b", "b.example");
        _watch.Apply("{ certificates: [{ cert: a.pem, key: a.key }, { cert: b.pem, key: b.key }] }");
        _pki.WritePair("b", "a.example", "b.example");
        LookTwice();
        _watch.Watch.Certificates.Select(one => one.Problem).ShouldBe(
            [null, "listener 'l' has two ECDSA certificates for a.example: a.pem in line 2, and b.pem: remove one of them"]);
        _watch.Fingerprints[1].ShouldBe(old.Fingerprint);
        _watch.Events.Clear();

        _pki.WritePair("b", "b.example");
        LookTwice();

        _watch.Watch.Certificates.ShouldAllBe(one => one.Problem == null);
        _watch.Events.Select(change => change.Kind).ShouldBe([CertificateEventKind.Renewed]);
    }

    [Fact]
    public void Look_WhatOpenSslRefuses_IsAProblemOfWhatChanged()
    {
        Start("CN=One");
        _watch.Refusal = "no";
        _pki.Write("ca.pem", TestPki.Authority("CN=Two").CertPem);

        LookTwice();

        Problem.ShouldBe("no");
        _watch.Watch.Certificates[0].Problem.ShouldBeNull();
    }

    [Fact]
    public void Authority_NearItsEnd_IsWarnedOf()
    {
        Start("CN=One");

        _watch.Time.Advance(TimeSpan.FromDays(83));
        _watch.Look();

        _watch.Texts.ShouldContain("listener l: authorities of ca.pem: CN=One expires in 7 days, on 2026-08-30 12:00 UTC: renew it");
    }

    private string? Problem => _watch.Watch.Authorities[0].Problem;

    private string[] Subjects => [.. _watch.Watch.Authorities[0].Material.Subjects];

    private IssuedCertificate Start(string subject)
    {
        var authority = TestPki.Authority(subject);
        _pki.Write("ca.pem", authority.CertPem);
        _watch.Apply(Mutual);
        _watch.Events.Clear();
        return authority;
    }

    // What fails once may be a file that is being written.
    private void LookTwice()
    {
        _watch.Look();
        _watch.Look();
    }

    private static IssueOptions Authority(string subject) => new() { Subject = subject, IsAuthority = true };

    private static IssuedCertificate Expired(string subject) =>
        TestPki.Issue(Authority(subject) with { NotBefore = IssueOptions.Now.AddDays(-2), NotAfter = IssueOptions.Now.AddHours(-1) });
}
