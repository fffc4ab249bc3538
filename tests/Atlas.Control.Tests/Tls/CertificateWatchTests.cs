using Atlas.Control.Tls;

namespace Atlas.Control.Tests.Tls;

public sealed class CertificateWatchTests : IDisposable
{
    private const string Pair = "{ certificates: [{ cert: a.pem, key: a.key }] }";
    private const string TwoPairs = "{ certificates: [{ cert: a.pem, key: a.key }, { cert: b.pem, key: b.key }] }";
    private const string NotTheKey = "FOLDER/atlas.yaml:2:78: 'key': a.key is not the key of the certificate in a.pem: name the two files that were "
        + "made together; what was read before stays in force";

    private readonly TestPki _pki = new();
    private readonly WatchUnderTest _watch;

    public CertificateWatchTests() => _watch = new WatchUnderTest(_pki);

    public void Dispose()
    {
        _watch.Dispose();
        _pki.Dispose();
    }

    [Fact]
    public void Look_NothingChanged_TakesNothing()
    {
        var leaf = _pki.WritePair("a", "a.example");
        _watch.Apply(Pair);

        _watch.Look();

        _watch.Fingerprints.ShouldBe([leaf.Fingerprint]);
        _watch.Taken.ShouldBeEmpty();
        _watch.Events.ShouldBeEmpty();
    }

    [Fact]
    public void Look_FilesRewrittenWithTheSame_TakesNothing()
    {
        var leaf = _pki.WritePair("a", "a.example");
        _watch.Apply(Pair);
        _pki.Write("a.key", leaf.KeyPem);

        _watch.Look();

        _watch.Taken.ShouldBeEmpty();
        _watch.Events.ShouldBeEmpty();
    }

    [Fact]
    public void Look_PairRenewed_TakesItAndSaysSo()
    {
        _pki.WritePair("a", "a.example");
        _watch.Apply(Pair);
        var next = _pki.WritePair("a", "a.example");

        _watch.Look();

        _watch.Fingerprints.ShouldBe([next.Fingerprint]);
        _watch.Taken.ShouldHaveSingleItem().ShouldBe(_watch.Watch.Current);
        _watch.Texts.ShouldBe(["listener l: certificate a.example (a.pem) renewed, valid until 2026-08-30 12:00 UTC"]);
        _watch.Events[0].Kind.ShouldBe(CertificateEventKind.Renewed);
    }

    [Fact]
    public void Look_CertificateNewAndKeyOld_KeepsTheOldOneUntilTheKeyComes()
    {
        var old = _pki.WritePair("a", "a.example");
        _watch.Apply(Pair);
        var (leaf, root) = TestPki.Leaf("a.example");
        _pki.Write("a.pem", leaf.CertPem + root.CertPem);

        // It may be a renewal that is under way, so that nothing is said at first.
        _watch.Look();
        _watch.Events.ShouldBeEmpty();
        _watch.Fingerprints.ShouldBe([old.Fingerprint]);
        _pki.Write("a.key", leaf.KeyPem);
        _watch.Look();

        _watch.Fingerprints.ShouldBe([leaf.Fingerprint]);
        _watch.Texts.ShouldBe(["listener l: certificate a.example (a.pem) renewed, valid until 2026-08-30 12:00 UTC"]);
        _watch.Watch.Certificates[0].Problem.ShouldBeNull();
    }

    [Fact]
    public void Look_PairThatStaysBroken_SaysSoOnce()
    {
        var old = _pki.WritePair("a", "a.example");
        _watch.Apply(Pair);
        _pki.Write("a.key", TestPki.Leaf("a.example").Leaf.KeyPem);
        for (int i = 0; i < 5; i++)
        {
            _watch.Look();
        }

        _pki.Write("a.key", TestPki.Leaf("a.example").Leaf.KeyPem);
        _watch.Look();
        _watch.Look();

        _watch.Texts.ShouldBe([NotTheKey]);
        _watch.Events[0].Kind.ShouldBe(CertificateEventKind.Kept);
        _watch.Fingerprints.ShouldBe([old.Fingerprint]);
        _watch.Taken.ShouldBeEmpty();
        _watch.Watch.Certificates[0].Problem.ShouldBe("'key': a.key is not the key of the certificate in a.pem: name the two files that were made together");
    }

    [Fact]
    public void Look_BrokenAgainAfterARenewal_SaysSoAgain()
    {
        _pki.WritePair("a", "a.example");
        _watch.Apply(Pair);
        for (int i = 0; i < 2; i++)
        {
            _pki.Write("a.key", TestPki.Leaf("a.example").Leaf.KeyPem);
            _watch.Look();
            _watch.Look();
            _pki.WritePair("a", "a.example");
            _watch.Look();
        }

        _watch.Events.Select(change => change.Kind).ShouldBe(
            [CertificateEventKind.Kept, CertificateEventKind.Renewed, CertificateEventKind.Kept, CertificateEventKind.Renewed]);
    }

    [Fact]
    public void Look_FileGone_KeepsWhatWasInIt()
    {
        var leaf = _pki.WritePair("a", "a.example");
        _watch.Apply(Pair);
        File.Delete(Path.Combine(_pki.Folder, "a.pem"));

        _watch.Look();
        _watch.Look();

        _watch.Fingerprints.ShouldBe([leaf.Fingerprint]);
        _watch.Texts.ShouldBe(["FOLDER/atlas.yaml:2:66: 'cert': there is no file FOLDER/a.pem; what was read before stays in force"]);
    }

    [Fact]
    public void Look_OneBrokenAndOneRenewed_TakesTheOther()
    {
        var a = _pki.WritePair("a", "a.example");
        _pki.WritePair("b", "b.example");
        _watch.Apply(TwoPairs);
        _pki.Write("a.key", "");
        var b = _pki.WritePair("b", "b.example");

        _watch.Look();
        _watch.Look();

        _watch.Fingerprints.ShouldBe([a.Fingerprint, b.Fingerprint]);
        _watch.Taken.Count.ShouldBe(1);
        _watch.Events.Select(change => change.Kind).ShouldBe([CertificateEventKind.Renewed, CertificateEventKind.Kept]);
    }

    [Fact]
    public void Look_RenewedForANameOfAnother_KeepsBoth()
    {
        var a = _pki.WritePair("a", "a.example");
        var b = _pki.WritePair("b", "b.example");
        _watch.Apply(TwoPairs);
        _pki.WritePair("b", "b.example", "a.example");

        _watch.Look();
        _watch.Look();
        _watch.Look();

        _watch.Fingerprints.ShouldBe([a.Fingerprint, b.Fingerprint]);
        _watch.Texts.ShouldHaveSingleItem().ShouldContain("listener 'l' has two ECDSA certificates for a.example: a.pem in line 2, and b.pem");
    }

    // As Kubernetes changes the files of a volume: all at once, by a link to another directory.
    [Fact]
    public void Look_DirectorySwappedBehindALink_TakesWhatIsThere()
    {
        _pki.WritePair("first/tls", "a.example");
        var next = _pki.WritePair("second/tls", "a.example");
        string data = Path.Combine(_pki.Folder, "..data");
        Directory.CreateSymbolicLink(data, "first");
        File.CreateSymbolicLink(Path.Combine(_pki.Folder, "a.pem"), "..data/tls.pem");
        File.CreateSymbolicLink(Path.Combine(_pki.Folder, "a.key"), "..data/tls.key");
        _watch.Apply(Pair);

        Directory.CreateSymbolicLink(data + "_tmp", "second");
        File.Delete(data);
        Directory.Move(data + "_tmp", data);
        _watch.Look();

        _watch.Fingerprints.ShouldBe([next.Fingerprint]);
    }

    [Fact]
    public void Look_WhatCannotBeTaken_LeavesWhatWasInForceAndSaysWhy()
    {
        var old = _pki.WritePair("a", "a.example");
        _watch.Apply(Pair);
        _pki.WritePair("a", "a.example");
        _watch.Refusal = "the library does not like it";

        _watch.Look();
        _watch.Look();

        _watch.Fingerprints.ShouldBe([old.Fingerprint]);
        _watch.Texts.ShouldBe(["changed certificates are not used: the library does not like it; those of before stay in force"]);

        _watch.Refusal = null;
        var next = _pki.WritePair("a", "a.example");
        _watch.Look();
        _watch.Fingerprints.ShouldBe([next.Fingerprint]);
    }

    [Fact]
    public void Look_OcspResponseComes_IsTaken()
    {
        var leaf = _pki.WritePair("a", "a.example");
        _watch.Apply("{ certificates: [{ cert: a.pem, key: a.key, ocsp: a.ocsp }] }");
        _watch.Notes.ShouldHaveSingleItem().ShouldEndWith("a.ocsp: nothing is stapled");
        _pki.WriteBytes("a.ocsp", OcspAnswer.Make(leaf, IssueOptions.Now, IssueOptions.Now.AddDays(1)));

        _watch.Look();

        _watch.Watch.Certificates[0].Material.OcspDer.ShouldNotBeNull();
        _watch.Texts.ShouldBe(["listener l: certificate a.example (a.pem) has another OCSP response, valid until 2026-08-30 12:00 UTC"]);
        _watch.Notes.Count.ShouldBe(1);
    }

    [Fact]
    public void Look_CertificateAndAuthoritiesOfAPool_AreTaken()
    {
        _pki.WritePair("me");
        _pki.Write("ca.pem", TestPki.Authority("CN=One").CertPem);
        _pki.WritePair("a", "a.example");
        _watch.Apply(Pair, ", tls: { ca: ca.pem, cert: me.pem, key: me.key }");
        var me = _pki.WritePair("me");
        _pki.Write("ca.pem", TestPki.Authority("CN=Two").CertPem);

        _watch.Look();

        var pool = _watch.Taken.ShouldHaveSingleItem().FindPool("p")!;
        pool.Certificate!.Fingerprint.ShouldBe(me.Fingerprint);
        pool.Authorities!.Subjects.ShouldBe(["CN=Two"]);
        _watch.Texts.ShouldBe(
        [
            "pool p: certificate CN=leaf (me.pem) renewed, valid until 2026-08-30 12:00 UTC",
            "pool p: authorities of ca.pem changed: CN=Two",
        ]);
    }

    [Fact]
    public void Look_AuthoritiesOfClientsChanged_NamesAFewOfThem()
    {
        _pki.WritePair("a", "a.example");
        _pki.Write("ca.pem", TestPki.Authority("CN=One").CertPem);
        _watch.Apply("{ certificates: [{ cert: a.pem, key: a.key }], client_ca: ca.pem }");
        _pki.Write("ca.pem", string.Concat(Enumerable.Range(1, 5).Select(i => TestPki.Authority($"CN=A{i}").CertPem)));

        _watch.Look();

        _watch.Texts.ShouldBe(["listener l: authorities of ca.pem changed: CN=A1; CN=A2; CN=A3 and 2 more"]);
    }

    [Fact]
    public void Apply_WithABrokenPairThatWasRead_KeepsItAndSaysSoAtOnce()
    {
        var old = _pki.WritePair("a", "a.example");
        _watch.Apply(Pair);
        _pki.Write("a.key", TestPki.Leaf("a.example").Leaf.KeyPem);

        var loading = _watch.Apply(Pair);

        loading.Errors.ShouldBeEmpty();
        _watch.Fingerprints.ShouldBe([old.Fingerprint]);
        _watch.Texts.ShouldBe([NotTheKey]);
        _watch.Look();
        _watch.Apply(Pair);
        _watch.Events.Count.ShouldBe(1);
    }

    [Fact]
    public void Prepare_WithABrokenPairThatIsNew_IsRefused()
    {
        var old = _pki.WritePair("a", "a.example");
        _watch.Apply(Pair);

        var loading = _watch.Apply(TwoPairs);

        loading.Material.ShouldBeNull();
        loading.Missing.Count.ShouldBe(2);
        _watch.Fingerprints.ShouldBe([old.Fingerprint]);
    }

    [Fact]
    public void Apply_WithChangedFiles_SaysThatTheyAreRenewed()
    {
        _pki.WritePair("a", "a.example");
        _watch.Apply(Pair);
        _pki.WritePair("a", "a.example");

        _watch.Apply(Pair);

        _watch.Texts.ShouldBe(["listener l: certificate a.example (a.pem) renewed, valid until 2026-08-30 12:00 UTC"]);
        _watch.Taken.ShouldBeEmpty();
    }

    [Fact]
    public void Certificate_NearItsEnd_IsWarnedOfOnceAtEachThreshold()
    {
        _pki.WritePair("a", "a.example");
        _watch.Apply(Pair);
        _watch.Time.Advance(TimeSpan.FromDays(60) - TimeSpan.FromSeconds(1));
        _watch.Events.ShouldBeEmpty();

        string[] texts = new string[4];
        TimeSpan[] steps = [TimeSpan.FromSeconds(1), TimeSpan.FromDays(23), TimeSpan.FromDays(6), TimeSpan.FromDays(1)];
        for (int i = 0; i < texts.Length; i++)
        {
            _watch.Time.Advance(steps[i]);
            _watch.Look();
            _watch.Events.Count.ShouldBe(i + 1);
            texts[i] = _watch.Texts[i];
        }

        texts.ShouldBe(
        [
            "listener l: certificate a.example (a.pem) expires in 30 days, on 2026-08-30 12:00 UTC: renew it",
            "listener l: certificate a.example (a.pem) expires in 7 days, on 2026-08-30 12:00 UTC: renew it",
            "listener l: certificate a.example (a.pem) expires in 24 hours, on 2026-08-30 12:00 UTC: renew it",
            "listener l: certificate a.example (a.pem) expired on 2026-08-30 12:00 UTC: peers refuse it, so renew it",
        ]);
        _watch.Events[^1].Kind.ShouldBe(CertificateEventKind.Expired);
    }

    [Fact]
    public void Certificate_NearItsEndAtTheStart_IsWarnedOf()
    {
        _pki.WritePair("a", "a.example");
        _watch.Time.Advance(TimeSpan.FromDays(86));

        _watch.Apply(Pair);

        _watch.Texts.ShouldBe(["listener l: certificate a.example (a.pem) expires in 4 days, on 2026-08-30 12:00 UTC: renew it"]);
    }

    [Fact]
    public void Look_CertificateOfSeveralListenersRenewed_SaysSoOnce()
    {
        const string Tls = "tls: { certificates: [{ cert: a.pem, key: a.key }], client_ca: ca.pem }";
        _pki.WritePair("a", "a.example");
        _pki.Write("ca.pem", TestPki.Authority("CN=One").CertPem);
        _watch.ApplyYaml(
            "listeners:\n"
            + string.Concat(Enumerable.Range(1, 5).Select(i => $"  l{i}: {{ bind: 127.0.0.1:{i}, pool: p, {Tls} }}\n"))
            + "pools: { p: { servers: [127.0.0.1:9], tls: { cert: a.pem, key: a.key } } }\n");
        _pki.WritePair("a", "a.example");
        _pki.Write("ca.pem", TestPki.Authority("CN=Two").CertPem);

        _watch.Look();

        _watch.Texts.ShouldBe(
        [
            "listeners l1, l2, l3 and 2 more and pool p: certificate a.example (a.pem) renewed, valid until 2026-08-30 12:00 UTC",
            "listeners l1, l2, l3 and 2 more: authorities of ca.pem changed: CN=Two",
        ]);
    }

    [Fact]
    public void Dispose_WithChangedFiles_LooksNoMore()
    {
        _pki.WritePair("a", "a.example");
        _watch.Apply(Pair);
        _watch.Watch.Dispose();
        _pki.WritePair("a", "a.example");

        _watch.Look();

        _watch.Taken.ShouldBeEmpty();
    }
}
