using Atlas.Core.Configuration;
using Atlas.Proxy.Metrics;
using Atlas.Proxy.UserSessions;

namespace Atlas.Proxy.Snapshots;

/// <summary>Makes the snapshots of sessions. What a store of the type memory keeps outlives a reload as long as the session keeps its
/// name and its store.</summary>
internal sealed class SessionBuilder
{
    private readonly AtlasConfig _config;
    private readonly ProxyMetrics? _metrics;
    private readonly Dictionary<string, SessionSnapshot> _known;

    /// <summary>Begins with a configuration.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="previous">What serves until now.</param>
    /// <param name="metrics">What counts; null: nothing does.</param>
    internal SessionBuilder(AtlasConfig config, ProxySnapshot previous, ProxyMetrics? metrics)
    {
        _config = config;
        _metrics = metrics;
        _known = previous.Pools
            .Select(pool => pool.Session)
            .OfType<SessionSnapshot>()
            .DistinctBy(session => session.Config.Name, StringComparer.Ordinal)
            .ToDictionary(session => session.Config.Name, StringComparer.Ordinal);
    }

    /// <summary>The snapshot of a session; the same one for all pools that use it.</summary>
    /// <param name="name">The session's name; null: none.</param>
    internal SessionSnapshot? Build(string? name)
    {
        if (name is null)
        {
            return null;
        }

        SessionConfig config = _config.Sessions.First(session => session.Name == name);
        SessionSnapshot? known = _known.GetValueOrDefault(name);
        if (config.Equals(known?.Config))
        {
            return known;
        }

        SessionMetrics? metrics = _metrics?.Session(name);
        SessionStore store = known?.Config.Store == config.Store ? known.Store : NewStore(config);
        if (metrics is not null)
        {
            metrics.Memory = store as MemorySessions;
        }

        return _known[name] = new SessionSnapshot(config, store, metrics);
    }

    private MemorySessions NewStore(SessionConfig session)
    {
        StoreConfig store = _config.Stores.First(store => store.Name == session.Store);
        return store.Type == StoreType.Memory
            ? new MemorySessions(store.MaxMemoryBytes)
            : throw new ArgumentException($"store {store.Name} is of a kind that this version does not run", nameof(session));
    }
}
