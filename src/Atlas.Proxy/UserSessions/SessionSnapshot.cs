using Atlas.Core.Configuration;
using Atlas.Core.Sessions;
using Atlas.Proxy.Forwarding;
using Atlas.Proxy.Metrics;
using Atlas.Proxy.Stores;

namespace Atlas.Proxy.UserSessions;

/// <summary>A configured session as the data plane sees it. Immutable, but for what its store keeps.</summary>
public sealed class SessionSnapshot
{
    /// <summary>A session as configured.</summary>
    /// <param name="config">Its configuration.</param>
    /// <param name="store">Where it is kept.</param>
    /// <param name="metrics">What counts; null: nothing does.</param>
    internal SessionSnapshot(SessionConfig config, SessionStore store, SessionMetrics? metrics = null)
    {
        Config = config;
        Store = store;
        Metrics = metrics;
        Fields = new SessionFields(config.Header);
        Cookie = new SetCookie(config.Cookie);
        Life = new SessionLife(config.TtlSeconds, config.LifetimeSeconds);
    }

    /// <summary>Its name.</summary>
    public string Name => Config.Name;

    /// <summary>The name of its store.</summary>
    public string StoreName => Config.Store;

    /// <summary>What of it is in this process's memory; null: it is elsewhere. Any thread.</summary>
    public MemoryUse? Memory => Store is MemorySessions memory ? new MemoryUse(memory.Table.Count, memory.Table.Bytes, memory.Table.MaxBytes) : null;

    /// <summary>What the file says of it.</summary>
    internal SessionConfig Config { get; }

    internal SessionStore Store { get; }

    /// <summary>What counts; null: nothing does.</summary>
    internal SessionMetrics? Metrics { get; }

    internal SessionFields Fields { get; }

    internal SetCookie Cookie { get; }

    internal SessionLife Life { get; }

    /// <summary>The store that it is in, as operators see it; null: nobody looks.</summary>
    internal StoreState? State { get; init; }

    /// <summary>What a head from a server may have more than others: contents in base64url (RFC 4648 4), three bytes in four
    /// characters.</summary>
    internal int MaxFieldBytes => (Config.MaxSizeBytes + 2) / 3 * 4;

    /// <summary>Whether a request whose session cannot be read or written is answered with an error.</summary>
    internal bool FailsWithStore => Config.OnStoreFailure == StoreFailureAction.Fail;

    /// <summary>Limits and counts what is in memory, once the snapshot is in force: what came before may have been refused.</summary>
    internal void TakeOver()
    {
        var memory = Store as MemorySessions;
        if (memory is not null && State is not null)
        {
            memory.Table.MaxBytes = State.Config.MaxMemoryBytes;
            if (memory.Fullness?.Store != State)
            {
                memory.Fullness = new MemoryFullness(State, Config.Name);
            }
        }

        if (Metrics is not null)
        {
            Metrics.Memory = memory;
        }
    }
}
