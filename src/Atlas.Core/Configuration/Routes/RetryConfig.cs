namespace Atlas.Core.Configuration;

/// <summary>When a request is tried again on another server. Whether it may be (RFC 9110 9.2.2) is checked besides.</summary>
public sealed record RetryConfig : ConfigSection
{
    /// <summary>Tries after the first, 0 to 10. Default 1.</summary>
    public int Attempts { get; init; } = 1;

    /// <summary>After a connection could not be opened. Default true.</summary>
    public bool OnConnectFailure { get; init; } = true;

    /// <summary>After a connection broke before the first byte of a response. Default true.</summary>
    public bool OnReset { get; init; } = true;

    /// <summary>After these statuses, 500 to 599. Default none.</summary>
    public ValueList<int> OnStatuses { get; init; } = [];

    /// <summary>The most tries at once, as a share of the pool's active requests, 0 to 1. Default 0.2. Unused in a route.</summary>
    public double BudgetShare { get; init; } = 0.2;
}
