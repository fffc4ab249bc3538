namespace Atlas.Admin.Reports;

/// <summary>How a store is. What is null does not apply, and is absent in JSON.</summary>
public sealed record StoreReport
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary><c>memory</c> or <c>redis</c>.</summary>
    public required string Type { get; init; }

    /// <summary><c>up</c>, <c>connecting</c>, <c>refusing</c> (some answers are errors), <c>slow</c> (answers come after its timeout, so
    /// that nothing waits for it) or <c>down</c>.</summary>
    public required string State { get; init; }

    /// <summary>Why it is not up; null: it is.</summary>
    public string? Reason { get; init; }

    /// <summary>The servers of Redis that it is on at present; null: it is none of Redis.</summary>
    public IReadOnlyList<string>? Servers { get; init; }
}
