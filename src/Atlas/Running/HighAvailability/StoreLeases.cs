using System.Globalization;
using System.Text;
using Atlas.Control.Health;
using Atlas.Control.HighAvailability.Leases;
using Atlas.Core.Configuration;
using Atlas.Protocols.Resp;
using Atlas.Proxy.Snapshots;
using Atlas.Proxy.Stores;

namespace Atlas.Running.HighAvailability;

/// <summary>Makes the leases of virtual routers, on the servers that their stores are on at the moment. Any thread.</summary>
/// <param name="snapshot">The stores in force.</param>
/// <param name="tls">How to shake hands with the servers of a store, by its name; null: it has no TLS.</param>
internal sealed class StoreLeases(Func<ProxySnapshot> snapshot, Func<string, ProbeTls?> tls)
{
    // As long as others wait for the next advertisement, less their skew: who is silent for longer is taken for dead anyway.
    private const int IntervalsHeld = 3;

    // Which a store that is well needs only on a machine without a turn to spare.
    private const int MinLimitMs = 250;

    /// <summary>The key of a virtual router's lease, which tells it from those of other networks in the same store.</summary>
    internal static string KeyOf(VirtualRouterConfig config) =>
        string.Create(CultureInfo.InvariantCulture, $"atlas:lease:{config.RouterId}:{config.Addresses[0].Address}");

    /// <summary>How long a store has for an answer before the virtual router goes on without: an interval, and a quarter of a second at
    /// least.</summary>
    internal static TimeSpan LimitOf(VirtualRouterConfig config) => TimeSpan.FromMilliseconds(Math.Max(config.AdvertiseMs, MinLimitMs));

    /// <summary>The lease of a virtual router, which is not asked for yet.</summary>
    /// <param name="config">The virtual router, which has a store.</param>
    /// <param name="node">This node's name at the moment.</param>
    /// <param name="tell">Takes what the store says, and whether it is the answer to a claim.</param>
    internal StoreLease Make(VirtualRouterConfig config, Func<string> node, Action<LeaseAnswer, bool> tell)
    {
        string store = config.Store!;
        string key = KeyOf(config);
        var interval = TimeSpan.FromMilliseconds(config.AdvertiseMs);
        return new StoreLease(
            new RedisLease(() => ServerOf(store, key), key, node, IntervalsHeld * interval, LimitOf(config)), interval, tell);
    }

    private LeaseServer? ServerOf(string name, string key)
    {
        if (snapshot().Stores.FirstOrDefault(known => known.Name == name) is not { Redis: { } options } store)
        {
            return null;
        }

        RedisTopology topology = store.Topology;
        int at = topology.Slots.IsEmpty ? 0 : topology.Slots.Span[ClusterSlot.Of(Encoding.UTF8.GetBytes(key))];
        if (at < 0 || at >= topology.Nodes.Count || !ServerAddress.TryParse(topology.Nodes[at].ToString(), out ServerAddress? address))
        {
            return null;
        }

        return new LeaseServer(address!)
        {
            User = options.User,
            Password = options.Password,
            Database = options.Database,
            Tls = tls(name),
            ServerName = options.ServerName,
        };
    }
}
