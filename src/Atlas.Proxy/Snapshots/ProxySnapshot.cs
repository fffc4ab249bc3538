using Atlas.Proxy.Stores;
using Atlas.Proxy.UserSessions;

namespace Atlas.Proxy.Snapshots;

/// <summary>All that the data plane takes from one configuration: immutable, but for the counters of servers and
/// rotations.</summary>
/// <param name="Listeners">The listeners, in the order of the configuration.</param>
/// <param name="Pools">The pools, in the order of the configuration, also those that no listener uses.</param>
public sealed record ProxySnapshot(IReadOnlyList<ListenerSnapshot> Listeners, IReadOnlyList<PoolSnapshot> Pools)
{
    /// <summary>The snapshot before the first configuration.</summary>
    public static ProxySnapshot Empty { get; } = new([], []);

    /// <summary>The stores, in the order of the configuration.</summary>
    public IReadOnlyList<StoreState> Stores { get; init; } = [];

    /// <summary>The sessions, in the order of the configuration, also those that no pool uses.</summary>
    public IReadOnlyList<SessionSnapshot> Sessions { get; init; } = [];

    /// <summary>Takes over, once it is in force, what is kept across snapshots: sessions in memory, and those who wait for servers of the
    /// snapshot before, who go to the servers of their pool as it is now, or are told that there is none. Any thread;
    /// O(servers).</summary>
    public void TakeOver(ProxySnapshot before)
    {
        foreach (PoolSnapshot pool in Pools)
        {
            pool.Queue.Adopt(pool);
        }

        foreach (PoolSnapshot gone in before.Pools.Where(old => !Pools.Any(pool => pool.Queue == old.Queue)))
        {
            gone.Queue.Close();
        }

        foreach (SessionSnapshot session in Sessions)
        {
            session.TakeOver();
        }
    }
}
