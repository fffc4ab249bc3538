namespace Atlas.Proxy.Stores;

/// <summary>The servers of Redis that a store is on. Immutable.</summary>
/// <param name="Nodes">Those that take calls.</param>
/// <param name="Reason">Why there are none.</param>
public sealed record RedisTopology(IReadOnlyList<RedisEndpoint> Nodes, string Reason = "")
{
    /// <summary>That of a store whose servers are not known yet.</summary>
    public static RedisTopology Unknown { get; } = new([]);

    /// <summary>That of a store on one server.</summary>
    public static RedisTopology Of(RedisEndpoint endpoint) => new([endpoint]);
}
