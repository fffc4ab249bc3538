using System.Collections.Concurrent;

namespace Atlas.Proxy.Affinity;

/// <summary>
/// Which server a client is bound to: learned from responses or from a store, bounded, forgotten when unused. Shared by all workers; a
/// lookup takes no lock and allocates nothing, learning a client does once per client. Keys are hashes, so that nothing of a client is
/// kept.
/// </summary>
/// <param name="capacity">The most clients; past it the table makes room by forgetting those that are past half their
/// time, and when there are none, learns nothing new.</param>
/// <param name="ttlMs">How long a client is kept after its last request.</param>
internal sealed class LearnedClients(int capacity, long ttlMs)
{
    private readonly ConcurrentDictionary<UInt128, Entry> _entries = new();
    private long _sweptMs = long.MinValue / 2;
    private int _sweeping;

    /// <summary>Clients that are kept.</summary>
    internal int Count => _entries.Count;

    /// <summary>The server of a client, and keeps the client for another time; null: not known.</summary>
    internal string? Find(UInt128 client, long nowMs) => Find(client, nowMs, out _);

    /// <summary>The same, and when it was learned last.</summary>
    internal string? Find(UInt128 client, long nowMs, out long learnedMs)
    {
        learnedMs = 0;
        if (!_entries.TryGetValue(client, out Entry? entry) || nowMs - entry.UsedMs > ttlMs)
        {
            return null;
        }

        entry.UsedMs = nowMs;
        learnedMs = entry.LearnedMs;
        return entry.Server;
    }

    /// <summary>Binds a client to a server.</summary>
    internal void Learn(UInt128 client, string server, long nowMs) => Learn(client, server, nowMs, nowMs);

    /// <summary>The same, as of an earlier time.</summary>
    internal void Learn(UInt128 client, string server, long nowMs, long learnedMs)
    {
        if (_entries.TryGetValue(client, out Entry? known))
        {
            known.Server = server;
            known.UsedMs = nowMs;
            known.LearnedMs = learnedMs;
            return;
        }

        if (_entries.Count >= capacity)
        {
            Sweep(nowMs);
        }

        if (_entries.Count < capacity)
        {
            _entries[client] = new Entry(server, nowMs, learnedMs);
        }
    }

    /// <summary>Forgets a client.</summary>
    internal void Forget(UInt128 client) => _entries.TryRemove(client, out _);

    // One worker at a time, and at most once a second: a sweep reads the whole table.
    private void Sweep(long nowMs)
    {
        if (nowMs - Volatile.Read(ref _sweptMs) < 1_000 || Interlocked.Exchange(ref _sweeping, 1) != 0)
        {
            return;
        }

        Volatile.Write(ref _sweptMs, nowMs);
        foreach ((UInt128 client, Entry entry) in _entries)
        {
            if (nowMs - entry.UsedMs > ttlMs / 2)
            {
                _entries.TryRemove(client, out _);
            }
        }

        Volatile.Write(ref _sweeping, 0);
    }

    private sealed class Entry(string server, long usedMs, long learnedMs)
    {
        private string _server = server;
        private long _usedMs = usedMs;
        private long _learnedMs = learnedMs;

        internal string Server
        {
            get => Volatile.Read(ref _server);
            set => Volatile.Write(ref _server, value);
        }

        internal long UsedMs
        {
            get => Volatile.Read(ref _usedMs);
            set => Volatile.Write(ref _usedMs, value);
        }

        internal long LearnedMs
        {
            get => Volatile.Read(ref _learnedMs);
            set => Volatile.Write(ref _learnedMs, value);
        }
    }
}
