using Atlas.Admin.Reports;
using Atlas.Control.Tls;
using Atlas.Core.Telemetry;
using Atlas.Core.Tls;

namespace Atlas.Running.Tls;

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
            .. certificates.Where(one => one.Problem is not null).Take(CertificateSummary.MaxProblems).Select(one => $"{one.Owner}: {one.Problem}"),
        ];
        string[] warnings =
        [
            .. certificates.Where(one => one.Warning is not null).OrderBy(one => one.Material.NotAfterUnixSeconds)
                .Take(CertificateSummary.MaxProblems).Select(one => $"{one.Owner}: {one.Material.Title} {one.Warning}"),
        ];
        return new CertificateSummary
        {
            Count = certificates.Count,
            FirstToEnd = $"{first.Owner}: {first.Material.Title}",
            FirstNotAfter = DateTimeOffset.FromUnixTimeSeconds(first.Material.NotAfterUnixSeconds),
            Expired = certificates.Count(one => one.State == CertificateState.Expired) is int expired and > 0 ? expired : null,
            Warnings = warnings.Length > 0 ? warnings : null,
            Problems = problems.Length > 0 ? problems : null,
        };
    }

    /// <summary>Writes when their time ends, and of which the files are not used.</summary>
    internal static void Write(IMetricWriter writer, IReadOnlyList<CertificateStatus> certificates)
    {
        WriteEnds(writer, certificates);
        WriteKept(writer, certificates);
    }

    private static void WriteEnds(IMetricWriter writer, IReadOnlyList<CertificateStatus> certificates)
    {
        writer.Family(
            "atlas_tls_certificate_not_after_seconds",
            "Until when a certificate is valid, in seconds since 1970 (UTC).",
            MetricKind.Gauge);

        // Certificates without names may have the same subject.
        foreach (var same in certificates.GroupBy(KeyOf))
        {
            writer.Sample(same.Min(one => one.Material.NotAfterUnixSeconds), LabelsOf(same.Key));
        }
    }

    private static void WriteKept(IMetricWriter writer, IReadOnlyList<CertificateStatus> certificates)
    {
        writer.Family(
            "atlas_tls_certificate_kept",
            "1 while the files of a certificate cannot be used as they are, so that what was read before stays in force.",
            MetricKind.Gauge);
        foreach (var same in certificates.GroupBy(KeyOf))
        {
            writer.Sample(same.Any(one => one.Problem is not null) ? 1 : 0, LabelsOf(same.Key));
        }
    }

    private static (TlsOwner Owner, string Title, CertificateKeyType Type) KeyOf(CertificateStatus one) =>
        (one.Owner, one.Material.Title, one.Material.KeyType);

    private static MetricLabel[] LabelsOf((TlsOwner Owner, string Title, CertificateKeyType Type) key) =>
    [
        new MetricLabel(key.Owner.Word, key.Owner.Name),
        new MetricLabel("name", key.Title),
        new MetricLabel("key_type", WordOf(key.Type)),
    ];

    private static CertificateReport Of(CertificateStatus one) => new()
    {
        Listener = one.Owner.NameAs(TlsOwnerKind.Listener),
        Pool = one.Owner.NameAs(TlsOwnerKind.Pool),
        Store = one.Owner.NameAs(TlsOwnerKind.Store),
        File = one.Path,
        Names = one.Material.Names,
        Subject = one.Material.Subject,
        Issuer = one.Material.Issuer,
        KeyType = WordOf(one.Material.KeyType),
        Fingerprint = one.Material.Fingerprint,
        NotBefore = DateTimeOffset.FromUnixTimeSeconds(one.Material.NotBeforeUnixSeconds),
        NotAfter = DateTimeOffset.FromUnixTimeSeconds(one.Material.NotAfterUnixSeconds),
        State = one.State.ToString().ToLowerInvariant(),
        DaysLeft = one.DaysLeft,
        OcspStapled = one.Material.OcspDer is null ? null : true,
        Problem = one.Problem,
    };

    private static string WordOf(CertificateKeyType type) => type switch
    {
        CertificateKeyType.Rsa => "rsa",
        CertificateKeyType.Ecdsa => "ecdsa",
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };
}
