using System.Buffers;
using System.Text;
using Atlas.Admin.Metrics;
using Atlas.Admin.Reports;
using Atlas.Control.Tls;
using Atlas.Core.Tls;
using Atlas.Running;

namespace Atlas.Tests.Running;

public sealed class CertificateReportsTests
{
    private static readonly CertificateMaterial Material = new()
    {
        ChainPem = [],
        KeyPem = [],
        Names = ["a.example"],
        KeyType = CertificateKeyType.Ecdsa,
        Fingerprint = "00ff",
        NotBeforeUnixSeconds = 0,
        NotAfterUnixSeconds = 86_400,
        Subject = "CN=a",
        Issuer = "CN=r",
    };

    private static readonly CertificateStatus Status = new("l", null, "a.pem", Material, null);

    [Fact]
    public void All_OfACertificate_HasItsValues()
    {
        CertificateReport report = CertificateReports.All([Status with { Problem = "x" }]).ShouldHaveSingleItem();

        report.ShouldBe(new CertificateReport
        {
            Listener = "l",
            File = "a.pem",
            Names = report.Names,
            Subject = "CN=a",
            Issuer = "CN=r",
            KeyType = "ecdsa",
            Fingerprint = "00ff",
            NotBefore = DateTimeOffset.UnixEpoch,
            NotAfter = DateTimeOffset.UnixEpoch.AddDays(1),
            Problem = "x",
        });
        report.Names.ShouldBe(["a.example"]);
        CertificateReports.All([Status with { Material = Material with { OcspDer = [0] } }])[0].OcspStapled.ShouldBe(true);
    }

    [Fact]
    public void Summary_OfSeveral_NamesTheFirstToEndAndAFewProblems()
    {
        CertificateReports.Summary([]).ShouldBeNull();
        CertificateReports.Summary([Status])!.Problems.ShouldBeNull();
        var pool = new CertificateStatus(null, "p", "b.pem", Material with { Names = [], NotAfterUnixSeconds = 60 }, "gone");

        CertificateSummary summary = CertificateReports.Summary([Status, .. Enumerable.Repeat(pool, CertificateSummary.MaxProblems + 1)])!;

        summary.Count.ShouldBe(CertificateSummary.MaxProblems + 2);
        summary.FirstToEnd.ShouldBe("pool p: CN=a");
        summary.FirstNotAfter.ShouldBe(DateTimeOffset.UnixEpoch.AddMinutes(1));
        summary.Problems!.Count.ShouldBe(CertificateSummary.MaxProblems);
        summary.Problems[0].ShouldBe("pool p: gone");
    }

    [Fact]
    public void Metrics_OfSeveral_HaveOneSampleForEachNameAndKind()
    {
        var page = new ArrayBufferWriter<byte>();
        var nameless = Material with { Names = [] };

        CertificateReports.Write(
            new PrometheusWriter(page),
            [
                Status,
                Status with { Material = Material with { KeyType = CertificateKeyType.Rsa, NotAfterUnixSeconds = 10 } },
                new CertificateStatus(null, "p", "b.pem", nameless, null),
                new CertificateStatus(null, "p", "b.pem", nameless with { NotAfterUnixSeconds = 5 }, null),
            ]);

        Encoding.UTF8.GetString(page.WrittenSpan).Split('\n').Where(line => !line.StartsWith('#') && line.Length > 0).ShouldBe(
        [
            "atlas_tls_certificate_not_after_seconds{listener=\"l\",name=\"a.example\",key_type=\"ecdsa\"} 86400",
            "atlas_tls_certificate_not_after_seconds{listener=\"l\",name=\"a.example\",key_type=\"rsa\"} 10",
            "atlas_tls_certificate_not_after_seconds{pool=\"p\",name=\"CN=a\",key_type=\"ecdsa\"} 5",
        ]);
    }
}
