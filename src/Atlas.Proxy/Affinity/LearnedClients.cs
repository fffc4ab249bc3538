using System.Collections.Concurrent;

namespace Atlas.Proxy.Affinity;

/// <summary>
/// Which server set a client's own cookie: learned from responses, bounded, forgotten when unused. Shared by all workers; a
/// lookup takes no lock and allocates nothing, learning a client does once per client. Keys are hashes of 64 bits, so that no
/// cookie of a client is kept: two clients share a key once in 2^32 clients.
/// </summary>
/// <param name="capacity">The most clients; past it the table makes room by forgetting those that are past half their
/// time, and when there are none, learns nothing new.</param>
/// <param name="ttlMs">How long a client is kept after its last request.</param>
internal sealed class LearnedClients(int capacity, int ttlMs)
{
    private readonly ConcurrentDictionary<ulong, Entry> _entries = new();
    private long _sweptMs = long.MinValue / 2;
    private int _sweeping;

    /// <summary>Clients that are kept.</summary>
    internal int Count => _entries.Count;

    /// <summary>The server of a client, and keeps the client for another time; null: not known.</summary>
    internal string? Find(ulong client, long nowMs)
    {
        if (!_entries.TryGetValue(client, out Entry? entry) || nowMs - entry.UsedMs > ttlMs)
        {
            return null;
        }

        entry.UsedMs = nowMs;
        return entry.Server;
    }

    /// <summary>Binds a client to a server.</summary>
    internal void Learn(ulong client, string server, long nowMs)
    {
        if (_entries.TryGetValue(client, out Entry? known))
        {
            known.Server = server;
            known.UsedMs = nowMs;
            return;
        }

        if (_entries.Count >= capacity)
        {
            Sweep(nowMs);
        }

        if (_entries.Count < capacity)
        {
            _entries[client] = new Entry(server, nowMs);
        }
    }

    // One worker at a time, and at most once a second: a sweep reads the whole table.
    private void Sweep(long nowMs)
    {
        if (nowMs - Volatile.Read(ref _sweptMs) < 1_000 || Interlocked.Exchange(ref _sweeping, 1) != 0)
        {
            return;
        }

        Volatile.Write(ref _sweptMs, nowMs);
        foreach ((ulong client, Entry entry) in _entries)
        {
            if (nowMs - entry.UsedMs > ttlMs / 2)
            {
                _entries.TryRemove(client, out _);
            }
        }

        Volatile.Write(ref _sweeping, 0);
    }

    private sealed class Entry(string server, long usedMs)
    {
        private string _server = server;
        private long _usedMs = usedMs;

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
    }
}
