namespace Atlas.Control.Pools;

/// <summary>The servers that the configuration has no more, but that requests are left at. Under its watch's lock.</summary>
internal sealed class RemovedServers
{
    private readonly List<ServerEntry> _entries = [];

    internal bool IsEmpty => _entries.Count == 0;

    internal IReadOnlyList<LeavingServer> Report =>
        [.. _entries.Select(entry => new LeavingServer(entry.Pool, entry.Server.Name, entry.Left))];

    /// <summary>Waits for one more; the oldest beyond <see cref="PoolWatch.MaxLeaving"/> is forgotten.</summary>
    internal void Add(ServerEntry entry)
    {
        _entries.Add(entry);
        if (_entries.Count > PoolWatch.MaxLeaving)
        {
            _entries.RemoveAt(0);
        }
    }

    /// <summary>Takes out those at which nothing is left.</summary>
    internal ServerEntry[] TakeEmpty(long nowMs)
    {
        ServerEntry[] empty = [.. _entries.Where(entry => entry.IsEmpty(nowMs))];
        _entries.RemoveAll(entry => empty.Contains(entry));
        return empty;
    }
}
