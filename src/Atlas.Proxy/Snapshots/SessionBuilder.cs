using Atlas.Core.Configuration;
using Atlas.Proxy.Metrics;
using Atlas.Proxy.Stores;
using Atlas.Proxy.UserSessions;

namespace Atlas.Proxy.Snapshots;

/// <summary>Makes the snapshots of sessions. What a store of the type memory keeps outlives a reload as long as the session keeps its
/// name and its store.</summary>
internal sealed class SessionBuilder
{
    private readonly AtlasConfig _config;
    private readonly IReadOnlyList<StoreState> _stores;
    private readonly ProxyMetrics? _metrics;
    private readonly Dictionary<string, SessionSnapshot> _known;

    /// <summary>Begins with a configuration.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="previous">What serves until now.</param>
    /// <param name="stores">The stores of the configuration.</param>
    /// <param name="metrics">What counts; null: nothing does.</param>
    internal SessionBuilder(AtlasConfig config, ProxySnapshot previous, IReadOnlyList<StoreState> stores, ProxyMetrics? metrics)
    {
        _config = config;
        _stores = stores;
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
        StoreState store = _stores.First(store => store.Name == config.Store);
        SessionSnapshot? known = _known.GetValueOrDefault(name);
        SessionStore kept = StoreOf(config, known, store);
        if (config.Equals(known?.Config) && known.Store == kept)
        {
            return known;
        }

        SessionMetrics? metrics = _metrics?.Session(name);
        if (metrics is not null)
        {
            metrics.Memory = kept as MemorySessions;
        }

        return _known[name] = new SessionSnapshot(config, kept, metrics);
    }

    private static SessionStore StoreOf(SessionConfig session, SessionSnapshot? known, StoreState store) => known?.Store switch
    {
        RedisSessions redis when redis.Store == store => redis,
        MemorySessions memory when known.Config.Store == session.Store && store.Redis is null => memory.Limit(store.Config.MaxMemoryBytes),
        _ => store.Redis is null ? new MemorySessions(store.Config.MaxMemoryBytes) : new RedisSessions(store, session.Name),
    };
}
