namespace Atlas.Proxy.Snapshots;

/// <summary>A TCP listener as the data plane sees it: immutable.</summary>
/// <param name="Name">The listener's name.</param>
/// <param name="Pool">Where connections go.</param>
public sealed record TcpListenerSnapshot(string Name, PoolSnapshot Pool) : ListenerSnapshot(Name)
{
    /// <summary>Milliseconds without a byte either way that end a connection.</summary>
    public int IdleMs { get; init; } = 3_600_000;
}
