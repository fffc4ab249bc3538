using Atlas.Admin.Reports;
using Atlas.Control.Tls;
using Atlas.Core.Telemetry;
using Atlas.Core.Tls;

namespace Atlas.Running;

/// <summary>What the admin server tells of certificates.</summary>
internal static class CertificateReports
{
    /// <summary>All of them.</summary>
    internal static IReadOnlyList<CertificateReport> All(IReadOnlyList<CertificateStatus> certificates) => [.. certificates.Select(Of)];

    /// <summary>In short; null: there are none.</summary>
    internal static CertificateSummary? Summary(IReadOnlyList<CertificateStatus> certificates)
    {
        if (certificates.Count == 0)
        {
            return null;
        }

        CertificateStatus first = certificates.MinBy(one => one.Material.NotAfterUnixSeconds)!;
        string[] problems =
        [
            .. certificates.Where(one => one.Problem is not null).Take(CertificateSummary.MaxProblems).Select(one => $"{Owner(one)}: {one.Problem}"),
        ];
        return new CertificateSummary
        {
            Count = certificates.Count,
            FirstToEnd = $"{Owner(first)}: {first.Material.Title}",
            FirstNotAfter = DateTimeOffset.FromUnixTimeSeconds(first.Material.NotAfterUnixSeconds),
            Problems = problems.Length > 0 ? problems : null,
        };
    }

    /// <summary>Writes when their time ends.</summary>
    internal static void Write(IMetricWriter writer, IReadOnlyList<CertificateStatus> certificates)
    {
        writer.Family(
            "atlas_tls_certificate_not_after_seconds",
            "Until when a certificate is valid, in seconds since 1970 (UTC).",
            MetricKind.Gauge);

        // Certificates without names may have the same subject.
        foreach (var same in certificates.GroupBy(one => (one.Listener, one.Pool, one.Material.Title, one.Material.KeyType)))
        {
            (string? listener, string? pool, string title, CertificateKeyType type) = same.Key;
            writer.Sample(
                same.Min(one => one.Material.NotAfterUnixSeconds),
                listener is null ? new MetricLabel("pool", pool!) : new MetricLabel("listener", listener),
                new MetricLabel("name", title),
                new MetricLabel("key_type", WordOf(type)));
        }
    }

    private static CertificateReport Of(CertificateStatus one) => new()
    {
        Listener = one.Listener,
        Pool = one.Pool,
        File = one.Path,
        Names = one.Material.Names,
        Subject = one.Material.Subject,
        Issuer = one.Material.Issuer,
        KeyType = WordOf(one.Material.KeyType),
        Fingerprint = one.Material.Fingerprint,
        NotBefore = DateTimeOffset.FromUnixTimeSeconds(one.Material.NotBeforeUnixSeconds),
        NotAfter = DateTimeOffset.FromUnixTimeSeconds(one.Material.NotAfterUnixSeconds),
        OcspStapled = one.Material.OcspDer is null ? null : true,
        Problem = one.Problem,
    };

    private static string Owner(CertificateStatus one) => one.Listener is null ? $"pool {one.Pool}" : $"listener {one.Listener}";

    private static string WordOf(CertificateKeyType type) => type switch
    {
        CertificateKeyType.Rsa => "rsa",
        CertificateKeyType.Ecdsa => "ecdsa",
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };
}
