namespace Atlas.Control.Tests.Tls;

public sealed class OcspTests : IDisposable
{
    private const string Pair = "{ certificates: [{ cert: a.pem, key: a.key, ocsp: a.ocsp }] }";

    private readonly TestPki _pki = new();
    private readonly IssuedCertificate _leaf;

    public OcspTests() => _leaf = _pki.WritePair("a", "a.example");

    public void Dispose() => _pki.Dispose();

    [Theory]
    [InlineData("1.3.14.3.2.26", true)]
    [InlineData("2.16.840.1.101.3.4.2.1", true)]
    [InlineData("1.3.14.3.2.26", false)]
    public void Response_Good_IsStapled(string hash, bool hasNext)
    {
        byte[] answer = OcspAnswer.Make(_leaf, IssueOptions.Now.AddHours(-1), hasNext ? IssueOptions.Now.AddDays(1) : null, hash: hash);

        Check(answer, null);
    }

    [Fact]
    public void Response_Expired_IsANoteAndNotStapled() => Check(
        OcspAnswer.Make(_leaf, IssueOptions.Now.AddDays(-8), IssueOptions.Now.AddSeconds(-1)),
        "expired on 2026-06-01 11:59 UTC: ask the authority again; nothing is stapled");

    [Fact]
    public void Response_OfTheFuture_IsANoteAndNotStapled() => Check(
        OcspAnswer.Make(_leaf, IssueOptions.Now.AddHours(1), IssueOptions.Now.AddDays(1)),
        "is not valid before 2026-06-01 13:00 UTC: check this machine's clock; nothing is stapled");

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Response_NotGood_IsANoteAndNotStapled(int status) => Check(
        OcspAnswer.Make(_leaf, IssueOptions.Now, IssueOptions.Now.AddDays(1), status),
        "says that the certificate is revoked or unknown: clients will refuse it, so get a new one; nothing is stapled");

    [Fact]
    public void Response_ForAnotherCertificate_IsANoteAndNotStapled() => Check(
        OcspAnswer.Make(TestPki.Leaf("a.example").Leaf, IssueOptions.Now, IssueOptions.Now.AddDays(1)),
        "is an OCSP response for another certificate: ask the authority for this one's; nothing is stapled");

    [Fact]
    public void Response_ThatIsAnError_IsANoteAndNotStapled() => Check(
        OcspAnswer.Wrap(3, null), "has no answer but the error 'TryLater' of the authority: ask it again; nothing is stapled");

    [Fact]
    public void Response_CutOrChangedAnywhere_IsANoteAndThrowsNothing()
    {
        byte[] answer = OcspAnswer.Make(_leaf, IssueOptions.Now.AddHours(-1), IssueOptions.Now.AddDays(1));
        int status = answer.AsSpan().IndexOf((byte)0x0A);
        for (int length = 0; length < answer.Length; length++)
        {
            Load(answer[..length]).Warnings.Count.ShouldBe(1, $"{length} bytes");
        }

        for (int i = 0; i < answer.Length; i++)
        {
            byte[] changed = [.. answer];
            changed[i] ^= 0xFF;
            Load(changed).Material.ShouldNotBeNull($"byte {i}");
        }

        status.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Response_NotThere_IsANoteAndNotStapled()
    {
        var loading = _pki.LoadListener(Pair);

        loading.Missing.ShouldBeEmpty();
        _pki.Texts(loading.Warnings).ShouldBe(["'ocsp': there is no file FOLDER/a.ocsp: nothing is stapled"]);
        loading.Material.ShouldNotBeNull();
        loading.Files.Count.ShouldBe(3);
    }

    private void Check(byte[] answer, string? note)
    {
        var loading = Load(answer);

        _pki.Texts(loading.Warnings).ShouldBe(note is null ? [] : [$"'ocsp': a.ocsp {note}"]);
        var stapled = loading.Material!.Listeners[0].Certificates[0].OcspDer;
        (stapled is null ? [] : stapled.ToArray()).ShouldBe(note is null ? answer : []);
    }

    private Atlas.Control.Tls.TlsLoading Load(byte[] answer)
    {
        _pki.WriteBytes("a.ocsp", answer);
        return _pki.LoadListener(Pair);
    }
}
