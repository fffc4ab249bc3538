using Atlas.Admin.Reports;
using Atlas.Control.Tls;
using Atlas.Core.Telemetry;
using Atlas.Core.Tls;

namespace Atlas.Running.Tls;

/// <summary>What the admin server tells of files of authorities.</summary>
internal static class AuthorityReports
{
    /// <summary>All of them.</summary>
    internal static IReadOnlyList<AuthorityReport> All(IReadOnlyList<AuthorityStatus> files) => [.. files.Select(Of)];

    /// <summary>In short; null: there are none.</summary>
    internal static CertificateSummary? Summary(IReadOnlyList<AuthorityStatus> files)
    {
        (AuthorityStatus File, AuthorityCertificate Own)[] all =
            [.. files.SelectMany(file => file.Lasting.Select(own => (file, own))).OrderBy(one => one.own.NotAfterUnixSeconds)];
        if (all.Length == 0)
        {
            return null;
        }

        string[] problems =
            [.. files.Where(file => file.Problem is not null).Take(CertificateSummary.MaxProblems).Select(file => $"{file.Owner}: {file.Problem}")];
        string[] warnings =
        [
            .. files.SelectMany(file => file.Warnings.Select(warning => (File: file, warning.Authority, warning.Text)))
                .OrderBy(one => one.Authority.NotAfterUnixSeconds)
                .Take(CertificateSummary.MaxProblems)
                .Select(one => $"{one.File.Owner}: authority {one.Authority.Subject} {one.Text}"),
        ];

        // Files of many pools may be the same, or have the same in them.
        int expired = CountOf(all.Where(one => one.File.TimeOf(one.Own).State == CertificateState.Expired).Select(one => one.Own));
        return new CertificateSummary
        {
            Count = CountOf(files.SelectMany(file => file.Material.Certificates)),
            FirstToEnd = $"{all[0].File.Owner}: {all[0].Own.Subject}",
            FirstNotAfter = DateTimeOffset.FromUnixTimeSeconds(all[0].Own.NotAfterUnixSeconds),
            Expired = expired > 0 ? expired : null,
            Warnings = warnings.Length > 0 ? warnings : null,
            Problems = problems.Length > 0 ? problems : null,
        };
    }

    /// <summary>Writes when their time ends, and of which the file is not used.</summary>
    internal static void Write(IMetricWriter writer, IReadOnlyList<AuthorityStatus> files)
    {
        writer.Family(
            "atlas_tls_authority_not_after_seconds",
            "Until when the certificate of an authority is valid, in seconds since 1970 (UTC).",
            MetricKind.Gauge);
        foreach (AuthorityStatus file in files)
        {
            // Of several keys of one name the first to end: no two samples may have the same labels.
            foreach (AuthorityCertificate own in file.Lasting.DistinctBy(own => own.Subject, StringComparer.Ordinal))
            {
                writer.Sample(own.NotAfterUnixSeconds, LabelOf(file), new MetricLabel("name", own.Subject));
            }
        }

        writer.Family(
            "atlas_tls_authority_kept",
            "1 while a file of authorities cannot be used as it is, so that what was read before stays in force.",
            MetricKind.Gauge);
        foreach (AuthorityStatus file in files)
        {
            writer.Sample(file.Problem is null ? 0 : 1, LabelOf(file));
        }
    }

    private static AuthorityReport Of(AuthorityStatus file) => new()
    {
        Listener = file.Owner.NameAs(TlsOwnerKind.Listener),
        Pool = file.Owner.NameAs(TlsOwnerKind.Pool),
        Store = file.Owner.NameAs(TlsOwnerKind.Store),
        File = file.Path,
        Certificates = [.. file.Material.Certificates.Select(own => Of(own, file.TimeOf(own)))],
        Problem = file.Problem,
    };

    private static AuthorityCertificateReport Of(AuthorityCertificate own, CertificateTime time) => new()
    {
        Subject = own.Subject,
        Fingerprint = own.Fingerprint,
        NotBefore = time.Begin,
        NotAfter = time.End,
        State = time.State.ToString().ToLowerInvariant(),
        DaysLeft = time.DaysLeft,
    };

    private static int CountOf(IEnumerable<AuthorityCertificate> certificates) =>
        certificates.Select(one => one.Fingerprint).Distinct(StringComparer.Ordinal).Count();

    private static MetricLabel LabelOf(AuthorityStatus file) => new(file.Owner.Word, file.Owner.Name);
}
