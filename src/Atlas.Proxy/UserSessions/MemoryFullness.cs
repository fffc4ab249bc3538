using Atlas.Proxy.Stores;

namespace Atlas.Proxy.UserSessions;

/// <summary>Tells operators that a session of a store of the type memory takes nothing new, and that it does again. Any thread.</summary>
/// <param name="store">The store.</param>
/// <param name="session">The session's name.</param>
internal sealed class MemoryFullness(StoreState store, string session)
{
    private long _fullMs;
    private int _isFull;

    /// <summary>The store.</summary>
    internal StoreState Store => store;

    /// <summary>A session found no room.</summary>
    internal void Full(long nowMs)
    {
        Volatile.Write(ref _fullMs, nowMs);
        if (Interlocked.Exchange(ref _isFull, 1) == 0)
        {
            store.FoundFull(session, isFull: true);
        }
    }

    /// <summary>A session was stored.</summary>
    internal void Stored(long nowMs)
    {
        // As of stores of Redis: what is full is so by the moment, whenever another session has ended.
        if (Volatile.Read(ref _isFull) != 0
            && nowMs - Volatile.Read(ref _fullMs) >= StoreRefusal.LastingMs
            && Interlocked.Exchange(ref _isFull, 0) != 0)
        {
            store.FoundFull(session, isFull: false);
        }
    }
}
