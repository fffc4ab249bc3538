using Atlas.Core.Configuration;

namespace Atlas.Core.Tls;

/// <summary>All that TLS needs of files, as of one moment. Immutable, and equal to another one of the same contents.</summary>
/// <param name="Listeners">For each listener with TLS, in the configuration's order.</param>
/// <param name="Pools">For each pool with TLS, in the configuration's order.</param>
public sealed record TlsMaterial(ValueList<ListenerTlsMaterial> Listeners, ValueList<PoolTlsMaterial> Pools)
{
    /// <summary>That of a configuration without TLS.</summary>
    public static TlsMaterial Empty { get; } = new([], []);

    /// <summary>For each store with TLS, in the configuration's order.</summary>
    public ValueList<PoolTlsMaterial> Stores { get; init; } = [];

    /// <summary>A listener's; null: it has no TLS. O(listeners).</summary>
    public ListenerTlsMaterial? FindListener(string name) => Listeners.FirstOrDefault(listener => listener.Listener == name);

    /// <summary>A pool's; null: it has no TLS. O(pools).</summary>
    public PoolTlsMaterial? FindPool(string name) => Pools.FirstOrDefault(pool => pool.Owner == name);

    /// <summary>A store's; null: it has no TLS. O(stores).</summary>
    public PoolTlsMaterial? FindStore(string name) => Stores.FirstOrDefault(store => store.Owner == name);
}
