using Atlas.Core.Configuration;
using Atlas.Proxy.Metrics;

namespace Atlas.Running;

/// <summary>The metrics of what no configuration names any more.</summary>
internal static class UnusedMetrics
{
    /// <summary>Gives up all that neither form of the configuration in force has.</summary>
    /// <param name="metrics">Where they are counted.</param>
    /// <param name="config">The configuration as it is written.</param>
    /// <param name="running">The same with the servers that names have at present.</param>
    internal static void Drop(ProxyMetrics metrics, AtlasConfig config, AtlasConfig running)
    {
        // With the thousands of routes and servers that a file may have, a search for each takes seconds, and names change often.
        HashSet<string> listeners = [.. config.Listeners.Select(listener => listener.Name)];
        var servers = running.Pools.SelectMany(pool => pool.Servers.Select(server => (pool.Name, server.Name))).ToHashSet();
        var routes = config.Listeners
            .Where(listener => listener.Pool is null)
            .SelectMany(listener => listener.Routes.Select(route => (listener.Name, route.Name)))
            .ToHashSet();
        metrics.Prune(
            listeners.Contains,
            (pool, server) => servers.Contains((pool, server)),
            (listener, route) => routes.Contains((listener, route)));
        metrics.PruneState(
            name => config.Stores.Any(store => store.Name == name),
            name => config.Sessions.Any(session => session.Name == name));
    }
}
