namespace Atlas.Proxy.Stores;

/// <summary>The servers of Redis that a store is on. Immutable.</summary>
/// <param name="Nodes">Those that take calls.</param>
/// <param name="Slots">Of a cluster: for each slot the place of its server in <paramref name="Nodes"/>, -1 for none; empty: the first one
/// takes all.</param>
/// <param name="Reason">Why there are none; empty: they are not known yet.</param>
public sealed record RedisTopology(IReadOnlyList<RedisEndpoint> Nodes, ReadOnlyMemory<short> Slots = default, string Reason = "")
{
    /// <summary>That of a store whose servers are not known yet.</summary>
    public static RedisTopology Unknown { get; } = new([]);

    /// <summary>That of a store on one server.</summary>
    public static RedisTopology Of(RedisEndpoint endpoint) => new([endpoint]);
}
