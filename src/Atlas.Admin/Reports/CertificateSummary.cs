namespace Atlas.Admin.Reports;

/// <summary>The certificates in force, or those of authorities, in short.</summary>
public sealed record CertificateSummary
{
    /// <summary>The most problems that are named.</summary>
    public const int MaxProblems = 10;

    /// <summary>How many there are: of listeners, pools and stores. An authority of several files counts once.</summary>
    public required int Count { get; init; }

    /// <summary>The one whose time ends first: <c>listener secure: a.example</c>.</summary>
    public required string FirstToEnd { get; init; }

    /// <summary>When that is.</summary>
    public required DateTimeOffset FirstNotAfter { get; init; }

    /// <summary>How many have expired; null: none.</summary>
    public int? Expired { get; init; }

    /// <summary>What is to be said of those that have expired or soon will, a sentence for each of the first
    /// <see cref="MaxProblems"/>; null: nothing.</summary>
    public IReadOnlyList<string>? Warnings { get; init; }

    /// <summary>Why files are not used as they are now, a sentence for each; null: all are.</summary>
    public IReadOnlyList<string>? Problems { get; init; }
}
