using Atlas.Control.Tls;

namespace Atlas.Control.Tests.Tls;

/// <summary>Renewals that would make things worse.</summary>
public sealed class UnfitRenewalTests : IDisposable
{
    private const string Pair = "{ certificates: [{ cert: a.pem, key: a.key }] }";
    private const string Kept = "FOLDER/atlas.yaml:2:66: 'cert': the certificate in a.pem ";
    private const string Stays = "; what was read before stays in force";

    private readonly TestPki _pki = new();
    private readonly WatchUnderTest _watch;

    public UnfitRenewalTests() => _watch = new WatchUnderTest(_pki);

    public void Dispose()
    {
        _watch.Dispose();
        _pki.Dispose();
    }

    [Fact]
    public void Look_RenewedByAnExpiredCertificate_KeepsTheOldOneAndSaysWhy()
    {
        var old = _pki.WritePair("a", "a.example");
        _watch.Apply(Pair);
        _watch.Notes.Clear();
        _pki.WritePair("a", Expired("a.example"));

        _watch.Look();
        _watch.Look();

        _watch.Fingerprints.ShouldBe([old.Fingerprint]);
        _watch.Taken.ShouldBeEmpty();
        _watch.Texts.ShouldBe([Kept + "expired on 2026-06-01 11:00 UTC" + Stays]);
        _watch.Events[0].Kind.ShouldBe(CertificateEventKind.Kept);
        _watch.Watch.Certificates[0].Problem.ShouldBe("'cert': the certificate in a.pem expired on 2026-06-01 11:00 UTC");
        _watch.Notes.ShouldBeEmpty();
    }

    [Fact]
    public void Look_ExpiredRenewalIsRepaired_TakesIt()
    {
        _pki.WritePair("a", "a.example");
        _watch.Apply(Pair);
        _pki.WritePair("a", Expired("a.example"));
        _watch.Look();
        _watch.Look();
        var next = _pki.WritePair("a", "a.example");

        _watch.Look();

        _watch.Fingerprints.ShouldBe([next.Fingerprint]);
        _watch.Watch.Certificates[0].Problem.ShouldBeNull();
    }

    [Fact]
    public void Look_RenewedByOneThatIsNotValidYet_TakesItOnceItIs()
    {
        var old = _pki.WritePair("a", "a.example");
        _watch.Apply(Pair);
        var next = _pki.WritePair("a", new IssueOptions { Names = ["a.example"], NotBefore = IssueOptions.Now.AddSeconds(5) });
        _watch.Look();
        _watch.Look();
        _watch.Fingerprints.ShouldBe([old.Fingerprint]);
        _watch.Texts.ShouldBe([Kept + "is not valid before 2026-06-01 12:00 UTC" + Stays]);

        _watch.Look();

        _watch.Fingerprints.ShouldBe([next.Fingerprint]);
        _watch.Events[^1].Kind.ShouldBe(CertificateEventKind.Renewed);
    }

    [Theory]
    [InlineData("a.example,b.example", "a.example", "b.example")]
    [InlineData("a.example,b.example,c.example,d.example,e.example", "x.example", "a.example, b.example, c.example and 2 more")]
    [InlineData("*.a.example", "b.a.example", "*.a.example")]
    [InlineData("c.b.a.example", "*.a.example", "c.b.a.example")]
    [InlineData("127.0.0.1", "a.example", "127.0.0.1")]
    public void Look_RenewedForFewerNames_KeepsTheOldOneAndNamesThem(string before, string after, string missing)
    {
        var old = _pki.WritePair("a", before.Split(','));
        _watch.Apply(Pair);
        _pki.WritePair("a", after.Split(','));

        _watch.Look();
        _watch.Look();

        _watch.Fingerprints.ShouldBe([old.Fingerprint]);
        _watch.Texts.ShouldBe([$"{Kept}is no longer for {missing}, which the one before is for{Stays}"]);
    }

    [Theory]
    [InlineData("a.example", "b.example,a.example")]
    [InlineData("b.a.example", "*.a.example")]
    [InlineData("*.a.example", "*.a.example")]
    public void Look_RenewedForAllNames_TakesIt(string before, string after)
    {
        _pki.WritePair("a", before.Split(','));
        _watch.Apply(Pair);
        var next = _pki.WritePair("a", after.Split(','));

        _watch.Look();

        _watch.Fingerprints.ShouldBe([next.Fingerprint]);
    }

    [Fact]
    public void Look_RenewedForFewerNamesAndTheOldOneExpires_TakesIt()
    {
        _pki.WritePair("a", new IssueOptions { Names = ["a.example", "b.example"], NotAfter = IssueOptions.Now.AddSeconds(5) });
        _watch.Apply(Pair);
        var next = _pki.WritePair("a", "a.example");
        _watch.Look();

        _watch.Look();
        _watch.Look();

        _watch.Fingerprints.ShouldBe([next.Fingerprint]);
    }

    // It is no renewal: nothing better is there.
    [Fact]
    public void Look_CertificateExpiredByItselfAndItsKeyWrittenAnew_StaysWithoutAProblem()
    {
        var leaf = _pki.WritePair("a", new IssueOptions { Names = ["a.example"], NotAfter = IssueOptions.Now.AddSeconds(1) });
        _watch.Apply(Pair);
        _pki.Write("a.key", leaf.KeyPem + "\n");

        _watch.Look();
        _watch.Look();

        _watch.Watch.Certificates[0].Problem.ShouldBeNull();
    }

    [Fact]
    public void Look_OwnCertificateOfAPoolRenewedByAnExpiredOne_KeepsTheOldOne()
    {
        _pki.WritePair("a", "a.example");
        var old = _pki.WritePair("me");
        _watch.Apply(Pair, ", tls: { cert: me.pem, key: me.key }");
        _pki.WritePair("me", Expired());

        _watch.Look();
        _watch.Look();

        _watch.Fingerprints[1].ShouldBe(old.Fingerprint);
        _watch.Texts.ShouldHaveSingleItem().ShouldContain("the certificate in me.pem expired on");
    }

    [Fact]
    public void Look_RenewedWithoutTheIntermediate_KeepsTheOldOneAndSaysWhy()
    {
        var root = TestPki.Authority();
        var intermediate = TestPki.Authority("CN=Issuing", root);
        var old = Write(intermediate, intermediate.CertPem);
        _watch.Apply(Pair);
        Write(intermediate, "");

        _watch.Look();
        _watch.Look();

        _watch.Fingerprints.ShouldBe([old.Fingerprint]);
        _watch.Texts.ShouldBe(
            [Kept + "comes without that of its issuer, which the one before has behind it: write the whole chain, as in fullchain.pem" + Stays]);
        var next = Write(intermediate, intermediate.CertPem);
        _watch.Look();
        _watch.Fingerprints.ShouldBe([next.Fingerprint]);
    }

    // Clients that believe a root have it.
    [Fact]
    public void Look_RenewedWithoutTheRoot_TakesIt()
    {
        var root = TestPki.Authority();
        Write(root, root.CertPem);
        _watch.Apply(Pair);
        var next = Write(root, "");

        _watch.Look();

        _watch.Fingerprints.ShouldBe([next.Fingerprint]);
    }

    // Who rotates logs sends the same signal.
    [Fact]
    public void Apply_SameConfiguration_KeepsTheOldCertificate()
    {
        var old = _pki.WritePair("a", "a.example", "b.example");
        _watch.Apply(Pair);
        _pki.WritePair("a", Expired("a.example"));

        _watch.Apply(Pair);

        _watch.Fingerprints.ShouldBe([old.Fingerprint]);
        _watch.Texts.ShouldBe([Kept + "expired on 2026-06-01 11:00 UTC" + Stays]);
    }

    // Whoever asks for it has been told by the notes.
    [Fact]
    public void Apply_ChangedConfigurationWithAnExpiredCertificate_TakesItAndNotesIt()
    {
        _pki.WritePair("a", "a.example", "b.example");
        _watch.Apply(Pair);
        var next = _pki.WritePair("a", Expired("a.example"));

        var loading = _watch.Apply(Pair, ", balance: first");

        loading.Kept.ShouldBeEmpty();
        _watch.Fingerprints.ShouldBe([next.Fingerprint]);
        _watch.Notes[^1].ShouldContain("expired on 2026-06-01 11:00 UTC");
    }

    private IssuedCertificate Write(IssuedCertificate issuer, string behind)
    {
        var leaf = TestPki.Issue(new IssueOptions { Subject = "CN=leaf", Names = ["a.example"], Issuer = issuer });
        _pki.Write("a.pem", leaf.CertPem + behind);
        _pki.Write("a.key", leaf.KeyPem);
        return leaf;
    }

    private static IssueOptions Expired(params string[] names) =>
        new() { Names = names, NotBefore = IssueOptions.Now.AddDays(-2), NotAfter = IssueOptions.Now.AddHours(-1) };
}
