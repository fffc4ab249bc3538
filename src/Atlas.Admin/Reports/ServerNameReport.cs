namespace Atlas.Admin.Reports;

/// <summary>A name that servers of a pool come from. What is null does not apply, and is absent in JSON.</summary>
public sealed record ServerNameReport
{
    /// <summary>The name as the configuration has it, with its port.</summary>
    public required string Name { get; init; }

    /// <summary>How many servers it has at present.</summary>
    public required int Servers { get; init; }

    /// <summary>Whether its first lookup has yet to end.</summary>
    public bool? Pending { get; init; }

    /// <summary>For which name and type, which resolver said what instead of an answer, the last time.</summary>
    public string? Problem { get; init; }

    /// <summary>With a problem: how many seconds ago the servers were those that the DNS had.</summary>
    public long? AnswerAgeSeconds { get; init; }
}
