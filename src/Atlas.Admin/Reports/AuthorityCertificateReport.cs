namespace Atlas.Admin.Reports;

/// <summary>The certificate of an authority.</summary>
public sealed record AuthorityCertificateReport
{
    /// <summary>Whose it is, as a distinguished name.</summary>
    public required string Subject { get; init; }

    /// <summary>SHA-256, in hexadecimal digits of lower case.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>From when on it is valid.</summary>
    public required DateTimeOffset NotBefore { get; init; }

    /// <summary>Until when it is valid.</summary>
    public required DateTimeOffset NotAfter { get; init; }

    /// <summary>As a <see cref="CertificateReport.State"/>.</summary>
    public required string State { get; init; }

    /// <summary>Whole days until its time ends, rounded down; below 0: since it ended.</summary>
    public required int DaysLeft { get; init; }
}
