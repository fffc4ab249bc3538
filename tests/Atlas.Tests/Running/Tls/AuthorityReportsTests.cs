using System.Buffers;
using System.Text;
using Atlas.Admin.Metrics;
using Atlas.Admin.Reports;
using Atlas.Control.Tls;
using Atlas.Core.Tls;
using Atlas.Running.Tls;

namespace Atlas.Tests.Running.Tls;

public sealed class AuthorityReportsTests
{
    private const int Day = 86_400;

    private static readonly AuthorityCertificate One = new("CN=One", "01", "k1", 0, 100 * Day);
    private static readonly AuthorityCertificate OneBefore = new("CN=One", "00", "k1", 0, Day);
    private static readonly AuthorityCertificate Two = new("CN=Two", "02", "k2", 0, 9 * Day);

    private static readonly AuthorityStatus OfListener = new(
        new TlsOwner(TlsOwnerKind.Listener, "l"), "ca.pem", new AuthorityMaterial([], [OneBefore, One, Two]), null, DateTimeOffset.UnixEpoch.AddDays(2));

    private static readonly AuthorityStatus OfPool = new(
        new TlsOwner(TlsOwnerKind.Pool, "p"), "pool.pem", new AuthorityMaterial([], [Two]), "gone", DateTimeOffset.UnixEpoch.AddDays(10));

    [Fact]
    public void All_OfAFile_HasEachCertificateOfIt()
    {
        AuthorityReport report = AuthorityReports.All([OfListener, OfPool])[0];

        (report.Listener, report.Pool, report.Store, report.File, report.Problem).ShouldBe(("l", null, null, "ca.pem", null));
        report.Certificates.Select(one => one.State).ShouldBe(["expired", "valid", "expiring"]);
        report.Certificates[2].ShouldBe(new AuthorityCertificateReport
        {
            Subject = "CN=Two",
            Fingerprint = "02",
            NotBefore = DateTimeOffset.UnixEpoch,
            NotAfter = DateTimeOffset.UnixEpoch.AddDays(9),
            State = "expiring",
            DaysLeft = 7,
        });
        AuthorityReports.All([OfPool])[0].Problem.ShouldBe("gone");
    }

    [Fact]
    public void Summary_OfFiles_LeavesOutWhatWasRenewedAndWarnsOfTheRest()
    {
        CertificateSummary summary = AuthorityReports.Summary([OfListener, OfPool])!;

        summary.Count.ShouldBe(3); // One twice, and Two, though two files have it.
        summary.FirstToEnd.ShouldBe("listener l: CN=Two");
        summary.FirstNotAfter.ShouldBe(DateTimeOffset.UnixEpoch.AddDays(9));
        summary.Expired.ShouldBe(1);
        summary.Problems.ShouldBe(["pool p: gone"]);
        summary.Warnings.ShouldBe(
        [
            "listener l: authority CN=Two expires in 7 days, on 1970-01-10 00:00 UTC: renew it",
            "pool p: authority CN=Two expired on 1970-01-10 00:00 UTC: nothing it signed is believed, so renew it",
        ]);
        AuthorityReports.Summary([]).ShouldBeNull();
    }

    [Fact]
    public void Metrics_OfFiles_HaveOneSampleForEachAuthorityAndOneForABundle()
    {
        Samples([OfListener, OfPool]).ShouldBe(
        [
            $"atlas_tls_authority_not_after_seconds{{listener=\"l\",name=\"CN=Two\"}} {9 * Day}",
            $"atlas_tls_authority_not_after_seconds{{listener=\"l\",name=\"CN=One\"}} {100 * Day}",
            $"atlas_tls_authority_not_after_seconds{{pool=\"p\",name=\"CN=Two\"}} {9 * Day}",
            "atlas_tls_authority_kept{listener=\"l\"} 0",
            "atlas_tls_authority_kept{pool=\"p\"} 1",
        ]);
        Samples([OfBundle("p")]).ShouldBe(
        [
            $"atlas_tls_authority_not_after_seconds{{pool=\"p\",name=\"CN={AuthorityMaterial.MaxOwn}\"}} {(AuthorityMaterial.MaxOwn + 1) * Day}",
            "atlas_tls_authority_kept{pool=\"p\"} 0",
        ]);
    }

    [Fact]
    public void Summary_OfPoolsWithTheSameBundle_CountsEachOnceAndWarnsOfNoneWhileOneIsValid()
    {
        CertificateSummary summary = AuthorityReports.Summary([OfBundle("p"), OfBundle("q")])!;

        (summary.Count, summary.Expired, summary.Warnings).ShouldBe((AuthorityMaterial.MaxOwn + 1, null, null));
        summary.FirstNotAfter.ShouldBe(DateTimeOffset.UnixEpoch.AddDays(AuthorityMaterial.MaxOwn + 1));
    }

    [Fact]
    public void Metrics_OfAnAuthorityWithTwoKeys_HaveTheFirstToEnd()
    {
        var next = new AuthorityCertificate("CN=Two", "03", "k3", 0, 100 * Day);

        Samples([OfPool with { Material = new AuthorityMaterial([], [next, Two]) }])[..^1].ShouldBe(
            [$"atlas_tls_authority_not_after_seconds{{pool=\"p\",name=\"CN=Two\"}} {9 * Day}"]);
    }

    [Fact]
    public void Summary_OfARenewalThatHasNotBegun_WarnsOfNeither()
    {
        var next = new AuthorityCertificate("CN=Two", "03", "k2", 8 * Day, 100 * Day);
        CertificateSummary summary = AuthorityReports.Summary([OfListener with { Material = new AuthorityMaterial([], [Two, next]) }])!;

        (summary.Count, summary.Expired, summary.Warnings).ShouldBe((2, null, null));
    }

    // Ends from 1 day on, the last in so many days; seen on the third.
    private static AuthorityStatus OfBundle(string pool) => new(
        new TlsOwner(TlsOwnerKind.Pool, pool),
        "all.pem",
        new AuthorityMaterial(
            [], [.. Enumerable.Range(0, AuthorityMaterial.MaxOwn + 1).Select(i => new AuthorityCertificate($"CN={i}", $"{i}", $"{i}", 0, (i + 1) * Day))]),
        null,
        DateTimeOffset.UnixEpoch.AddDays(2));

    private static string[] Samples(IReadOnlyList<AuthorityStatus> files)
    {
        var page = new ArrayBufferWriter<byte>();
        AuthorityReports.Write(new PrometheusWriter(page), files);
        return [.. Encoding.UTF8.GetString(page.WrittenSpan).Split('\n').Where(line => !line.StartsWith('#') && line.Length > 0)];
    }
}
