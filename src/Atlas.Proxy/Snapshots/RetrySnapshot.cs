namespace Atlas.Proxy.Snapshots;

/// <summary>When a request is tried again on another server. Whether it may be (RFC 9110 9.2.2) is checked besides.</summary>
/// <param name="Attempts">Tries beyond the first.</param>
/// <param name="OnConnectFailure">Whether a try follows a connection that could not be made.</param>
/// <param name="OnReset">Whether a try follows a connection that broke before the first byte of a response.</param>
public sealed record RetrySnapshot(int Attempts, bool OnConnectFailure, bool OnReset)
{
    /// <summary>The statuses that a try follows, 500 to 599.</summary>
    public IReadOnlyList<int> OnStatuses { get; init; } = [];
}
