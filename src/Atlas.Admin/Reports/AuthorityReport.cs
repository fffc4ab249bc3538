namespace Atlas.Admin.Reports;

/// <summary>A file of authorities in force. What is null does not apply, and is absent in JSON.</summary>
public sealed record AuthorityReport
{
    /// <summary>The listener whose clients they sign for; null: they sign for servers.</summary>
    public string? Listener { get; init; }

    /// <summary>The pool whose servers they sign for; null: a store's.</summary>
    public string? Pool { get; init; }

    /// <summary>The store whose servers they sign for.</summary>
    public string? Store { get; init; }

    /// <summary>The file, as the configuration has it.</summary>
    public required string File { get; init; }

    /// <summary>What is in force of it, in its order.</summary>
    public required IReadOnlyList<AuthorityCertificateReport> Certificates { get; init; }

    /// <summary>Why the file is not used as it is now; null: it is.</summary>
    public string? Problem { get; init; }
}
