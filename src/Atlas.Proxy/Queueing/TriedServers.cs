using Atlas.Core.Balancing;
using Atlas.Proxy.Snapshots;

namespace Atlas.Proxy.Queueing;

/// <summary>The servers that failed a request or connection, by their place in the pool; at most
/// <see cref="PickRequest.MaxExcluded"/>.</summary>
internal sealed class TriedServers
{
    private readonly int[] _indexes = new int[PickRequest.MaxExcluded];
    private int _count;

    internal ReadOnlySpan<int> Indexes => _indexes.AsSpan(0, _count);

    /// <summary>Adds one; false: there are as many as may be.</summary>
    internal bool TryAdd(int index)
    {
        if (_count == _indexes.Length)
        {
            return false;
        }

        _indexes[_count++] = index;
        return true;
    }

    internal void Clear() => _count = 0;

    /// <summary>Goes from one snapshot of a pool to another; servers that are gone are forgotten. O(servers).</summary>
    internal void Move(PoolSnapshot from, PoolSnapshot to)
    {
        int kept = 0;
        foreach (int index in Indexes)
        {
            int now = to.IndexOf(from.Servers[index]);
            if (now >= 0)
            {
                _indexes[kept++] = now;
            }
        }

        _count = kept;
    }
}
