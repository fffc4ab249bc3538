using Atlas.Control.Pools;
using Atlas.Core.Configuration;
using Atlas.Proxy.Snapshots;

namespace Atlas.Running.Upgrades;

/// <summary>What operators asked of servers, from one process to the next.</summary>
internal static class HandedOrders
{
    /// <summary>What there is to hand over.</summary>
    internal static IReadOnlyList<HandedOrder> Of(AtlasInstance instance)
    {
        AtlasConfig config = instance.Running;
        return
        [
            .. from standing in instance.Pools.Orders
               let server = Find(config, standing.Pool, standing.Server)
               where server is not null
               select new HandedOrder(
                   standing.Pool,
                   standing.Server,
                   $"{server.Address}",
                   standing.Order.State!.Value,
                   standing.Order.Weight,
                   standing.Order.DeadlineMs),
        ];
    }

    /// <summary>Asks the same here. A server that is gone, or has another address, is left as the file has it.</summary>
    internal static void Apply(AtlasInstance instance, IReadOnlyList<HandedOrder> orders)
    {
        foreach (HandedOrder handed in orders)
        {
            ServerState? state = instance.Snapshot.Pools.FirstOrDefault(pool => pool.Name == handed.Pool)?.Servers
                .FirstOrDefault(server => server.Name == handed.Server);
            if (state is not null && $"{Find(instance.Running, handed.Pool, handed.Server)?.Address}" == handed.Address)
            {
                instance.Pools.Order(
                    state.Balancing, new ServerOrder { State = handed.State, Weight = handed.Weight, DeadlineMs = handed.DeadlineMs });
            }
        }
    }

    private static ServerConfig? Find(AtlasConfig config, string pool, string server) =>
        config.FindPool(pool)?.Servers.FirstOrDefault(known => known.Name == server);
}
