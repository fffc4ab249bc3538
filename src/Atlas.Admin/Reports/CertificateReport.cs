namespace Atlas.Admin.Reports;

/// <summary>A certificate in force. What is null does not apply, and is absent in JSON.</summary>
public sealed record CertificateReport
{
    /// <summary>The listener that shows it to clients; null: servers are shown it.</summary>
    public string? Listener { get; init; }

    /// <summary>The pool whose servers are shown it; null: a store's are.</summary>
    public string? Pool { get; init; }

    /// <summary>The store whose servers are shown it.</summary>
    public string? Store { get; init; }

    /// <summary>The file that it came from, as the configuration has it.</summary>
    public required string File { get; init; }

    /// <summary>The names that it is for, in lower case.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>Whom it is for, as a distinguished name.</summary>
    public required string Subject { get; init; }

    /// <summary>Who signed it, as a distinguished name.</summary>
    public required string Issuer { get; init; }

    /// <summary><c>rsa</c> or <c>ecdsa</c>.</summary>
    public required string KeyType { get; init; }

    /// <summary>SHA-256, in hexadecimal digits of lower case.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>From when on it is valid.</summary>
    public required DateTimeOffset NotBefore { get; init; }

    /// <summary>Until when it is valid.</summary>
    public required DateTimeOffset NotAfter { get; init; }

    /// <summary><c>valid</c>; <c>expiring</c>: so near its end that lines warn of it; <c>expired</c>; <c>early</c>: not valid yet.</summary>
    public required string State { get; init; }

    /// <summary>Whole days until its time ends, rounded down; below 0: since it ended.</summary>
    public required int DaysLeft { get; init; }

    /// <summary>Whether clients get an OCSP response with it.</summary>
    public bool? OcspStapled { get; init; }

    /// <summary>Why its files are not used as they are now; null: they are.</summary>
    public string? Problem { get; init; }
}
