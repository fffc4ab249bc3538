using Atlas.Core.Configuration;
using Atlas.Proxy.Metrics;
using Atlas.Proxy.Stores;
using Atlas.Proxy.UserSessions;

namespace Atlas.Proxy.Snapshots;

/// <summary>Makes the snapshots of sessions. What a store of the type memory keeps outlives a reload as long as the session keeps its
/// name and its store.</summary>
internal sealed class SessionBuilder
{
    private readonly Dictionary<string, SessionSnapshot> _built = new(StringComparer.Ordinal);

    /// <summary>Makes them. O(sessions).</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="previous">What serves until now.</param>
    /// <param name="stores">The stores of the configuration.</param>
    /// <param name="metrics">What counts; null: nothing does.</param>
    internal SessionBuilder(AtlasConfig config, ProxySnapshot previous, IReadOnlyList<StoreState> stores, ProxyMetrics? metrics)
    {
        foreach (SessionConfig session in config.Sessions)
        {
            StoreState store = stores.First(store => store.Name == session.Store);
            _built.Add(session.Name, Build(session, previous.Sessions.FirstOrDefault(known => known.Config.Name == session.Name), store, metrics));
        }

        All = [.. config.Sessions.Select(session => _built[session.Name])];
        HiddenFields = new HiddenFields(All.Select(session => session.Fields));
    }

    /// <summary>All of them, in the order of the configuration.</summary>
    internal IReadOnlyList<SessionSnapshot> All { get; }

    /// <summary>Their fields.</summary>
    internal HiddenFields HiddenFields { get; }

    /// <summary>A pool's session.</summary>
    /// <param name="name">Its name; null: none.</param>
    internal SessionSnapshot? Find(string? name) => name is null ? null : _built[name];

    private static SessionSnapshot Build(SessionConfig config, SessionSnapshot? known, StoreState store, ProxyMetrics? metrics)
    {
        SessionStore kept = StoreOf(config, known, store);
        return known is not null && config.Equals(known.Config) && known.Store == kept && known.State == store
            ? known
            : new SessionSnapshot(config, kept, metrics?.Session(config.Name)) { State = store };
    }

    private static SessionStore StoreOf(SessionConfig session, SessionSnapshot? known, StoreState store) => known?.Store switch
    {
        RedisSessions redis when redis.Store == store => redis,
        MemorySessions memory when known.Config.Store == session.Store && store.Redis is null => memory,
        _ => store.Redis is null ? new MemorySessions(store.Config.MaxMemoryBytes) : new RedisSessions(store, session.Name),
    };
}
