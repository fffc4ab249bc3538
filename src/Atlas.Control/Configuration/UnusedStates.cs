using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration;

/// <summary>Stores and sessions that nothing uses. They are allowed, and checked like any other.</summary>
internal static class UnusedStates
{
    /// <summary>A warning with its place for each, in the file's order. O(stores, sessions, pools and routes).</summary>
    /// <param name="config">A configuration without errors.</param>
    internal static IReadOnlyList<ConfigError> Find(AtlasConfig config)
    {
        HashSet<string?> sessions = [.. config.Pools.Select(pool => pool.Session)];
        HashSet<string?> stores =
        [
            .. config.Sessions.Select(session => session.Store),
            .. config.Pools.Select(pool => pool.Sticky?.Store),
            .. config.Listeners.SelectMany(listener => listener.Routes).Select(route => route.RateLimit?.Store),
            .. (config.HighAvailability?.ActivePassive ?? []).Select(router => router.Store),
        ];
        var warnings = new ConfigErrors(config.FileName);
        foreach (StoreConfig store in config.Stores.Where(store => !stores.Contains(store.Name)))
        {
            warnings.Add(store.Source.Position, $"store '{store.Name}' is not used: no session, sticky, rate_limit or virtual router names it");
        }

        foreach (SessionConfig session in config.Sessions.Where(session => !sessions.Contains(session.Name)))
        {
            warnings.Add(session.Source.Position, $"session '{session.Name}' is not used: no pool names it");
        }

        return warnings.InOrder(ConfigLoader.MaxErrors);
    }
}
