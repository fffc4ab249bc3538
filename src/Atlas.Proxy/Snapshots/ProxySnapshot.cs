namespace Atlas.Proxy.Snapshots;

/// <summary>All that the data plane takes from one configuration: immutable, but for the counters of servers and
/// rotations.</summary>
/// <param name="Listeners">The HTTP listeners, in the order of the configuration.</param>
/// <param name="Pools">The pools, in the order of the configuration, also those that no listener uses.</param>
public sealed record ProxySnapshot(IReadOnlyList<HttpListenerSnapshot> Listeners, IReadOnlyList<PoolSnapshot> Pools)
{
    /// <summary>The snapshot before the first configuration.</summary>
    public static ProxySnapshot Empty { get; } = new([], []);
}
