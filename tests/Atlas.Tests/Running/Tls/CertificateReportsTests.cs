using System.Buffers;
using System.Text;
using Atlas.Admin.Metrics;
using Atlas.Admin.Reports;
using Atlas.Control.Tls;
using Atlas.Core.Tls;
using Atlas.Running.Tls;

namespace Atlas.Tests.Running.Tls;

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

    private static readonly CertificateStatus Status = new(new TlsOwner(TlsOwnerKind.Listener, "l"), "a.pem", Material, null, DateTimeOffset.UnixEpoch.AddHours(1));

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
            State = "expiring",
            DaysLeft = 0,
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
        var pool = new CertificateStatus(new TlsOwner(TlsOwnerKind.Pool, "p"), "b.pem", Material with { Names = [], NotAfterUnixSeconds = 60 }, "gone", DateTimeOffset.UnixEpoch);

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
                new CertificateStatus(new TlsOwner(TlsOwnerKind.Pool, "p"), "b.pem", nameless, null, DateTimeOffset.UnixEpoch),
                new CertificateStatus(new TlsOwner(TlsOwnerKind.Pool, "p"), "b.pem", nameless with { NotAfterUnixSeconds = 5 }, "gone", DateTimeOffset.UnixEpoch),
            ]);

        Encoding.UTF8.GetString(page.WrittenSpan).Split('\n').Where(line => !line.StartsWith('#') && line.Length > 0).ShouldBe(
        [
            "atlas_tls_certificate_not_after_seconds{listener=\"l\",name=\"a.example\",key_type=\"ecdsa\"} 86400",
            "atlas_tls_certificate_not_after_seconds{listener=\"l\",name=\"a.example\",key_type=\"rsa\"} 10",
            "atlas_tls_certificate_not_after_seconds{pool=\"p\",name=\"CN=a\",key_type=\"ecdsa\"} 5",
            "atlas_tls_certificate_kept{listener=\"l\",name=\"a.example\",key_type=\"ecdsa\"} 0",
            "atlas_tls_certificate_kept{listener=\"l\",name=\"a.example\",key_type=\"rsa\"} 0",
            "atlas_tls_certificate_kept{pool=\"p\",name=\"CN=a\",key_type=\"ecdsa\"} 1",
        ]);
    }

    [Theory]
    [InlineData(-1, "early", 32)]
    [InlineData(0, "valid", 31)]
    [InlineData(1, "expiring", 30)]
    [InlineData(30.5, "expiring", 0)]
    [InlineData(31, "expiring", 0)]
    [InlineData(31.5, "expired", -1)]
    public void All_OfACertificateAtATime_SaysWhereInItsTimeItIs(double day, string state, int daysLeft)
    {
        CertificateStatus status = Status with
        {
            Material = Material with { NotAfterUnixSeconds = 31 * 86_400 },
            At = DateTimeOffset.UnixEpoch.AddDays(day),
        };

        CertificateReport report = CertificateReports.All([status])[0];

        report.State.ShouldBe(state);
        report.DaysLeft.ShouldBe(daysLeft);
    }

    [Fact]
    public void Summary_OfExpiredAndExpiring_WarnsOfThemTheFirstToEndFirst()
    {
        CertificateMaterial year = Material with { NotAfterUnixSeconds = 365 * 86_400 };
        CertificateStatus[] all =
        [
            Status with { At = DateTimeOffset.UnixEpoch.AddDays(2), Material = year },
            Status with { At = DateTimeOffset.UnixEpoch.AddDays(2), Material = Material with { Names = ["b.example"], NotAfterUnixSeconds = 9 * 86_400 } },
            Status with { At = DateTimeOffset.UnixEpoch.AddDays(2) },
        ];

        CertificateSummary summary = CertificateReports.Summary(all)!;

        summary.Expired.ShouldBe(1);
        summary.Warnings.ShouldBe(
        [
            "listener l: a.example expired on 1970-01-02 00:00 UTC: peers refuse it, so renew it",
            "listener l: b.example expires in 7 days, on 1970-01-10 00:00 UTC: renew it",
        ]);
        CertificateReports.Summary([all[0]])!.Warnings.ShouldBeNull();
        CertificateReports.Summary([all[0]])!.Expired.ShouldBeNull();
    }
}
