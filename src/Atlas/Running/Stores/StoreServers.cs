using Atlas.Control.Health;
using Atlas.Control.Stores;
using Atlas.Core.Configuration;
using Atlas.Proxy.Stores;

namespace Atlas.Running.Stores;

/// <summary>Keeps stores that have sentinels or a cluster on the servers which take calls. Any thread.</summary>
/// <param name="follow">Has workers connect to the servers that a store is on now.</param>
/// <param name="tls">How to shake hands with the servers of a store, by its name; null: it has no TLS.</param>
internal sealed class StoreServers(Action<StoreState> follow, Func<string, ProbeTls?> tls) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<StoreState, RedisWatch> _watches = [];
    private bool _hasEnded;

    /// <summary>Watches over the stores that there are from now on.</summary>
    internal void Apply(IReadOnlyList<StoreState> stores)
    {
        lock (_lock)
        {
            foreach (StoreState gone in _watches.Keys.Except(stores).ToArray())
            {
                _watches.Remove(gone, out RedisWatch? watch);
                watch!.Dispose();
            }

            foreach (StoreState store in stores.Where(store => store.Config is { Sentinels.Count: > 0 } or { Cluster.Count: > 0 }))
            {
                if (!_hasEnded && !_watches.ContainsKey(store))
                {
                    ReadOnlyMemory<byte> password = store.Config.Cluster.Count > 0 ? store.Redis!.Password : store.Redis!.SentinelPassword;
                    var watch = new RedisWatch(store.Config, password, () => tls(store.Name), found => Take(store, found));
                    _watches.Add(store, watch);
                    watch.Start();
                }
            }
        }
    }

    /// <summary>Looks soon where a store's servers are.</summary>
    internal void Hurry(StoreState store)
    {
        lock (_lock)
        {
            _watches.GetValueOrDefault(store)?.Hurry();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _hasEnded = true;
        }

        Apply([]);
    }

    private void Take(StoreState store, RedisServers found)
    {
        store.Topology = new RedisTopology(
            [.. found.Servers.Select(EndpointOf)], found.Slots.Count > 0 ? found.Slots.ToArray() : default(ReadOnlyMemory<short>), found.Problem);
        follow(store);
    }

    private static RedisEndpoint EndpointOf(ServerAddress server) => new(server.Host, server.Port);
}
