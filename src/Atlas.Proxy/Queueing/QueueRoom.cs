using Atlas.Core.Balancing;
using Atlas.Proxy.Affinity;
using Atlas.Proxy.Snapshots;

namespace Atlas.Proxy.Queueing;

/// <summary>Which servers have room, as found once before those who wait are gone through: so one whom none of them suits
/// costs a few comparisons and no choice of a server. Meanwhile room only goes to those who wait; what others free is found
/// the next time, which they bring about. Reused, under the queue's lock; allocates when the pool has grown.</summary>
internal sealed class QueueRoom
{
    private int[] _members = [];
    private int _count;
    private int _others;
    private PoolSnapshot? _pool;
    private Roster? _roster;

    /// <summary>Whether anybody has room for somebody.</summary>
    internal bool IsAny => _count > 0 || _others > 0;

    /// <summary>Looks for room anew. O(servers).</summary>
    internal void Find(PoolSnapshot pool)
    {
        _pool = pool;
        _roster = pool.Balancer.Current.Roster;
        _count = 0;
        _others = 0;
        if (_members.Length < pool.Servers.Count)
        {
            _members = new int[pool.Servers.Count];
        }

        for (int i = 0; i < pool.Servers.Count; i++)
        {
            BalancedServer server = pool.Servers[i].Balancing;
            if (!IsMember(i))
            {
                _others += IsForItsOwn(server) ? 1 : 0;
            }
            else if (server.HasRoom)
            {
                _members[_count++] = i;
            }
        }
    }

    /// <summary>Whether a server with room may suit a waiter. O(servers that it tried).</summary>
    internal bool Suits(QueueWaiter waiter)
    {
        if (waiter.Target >= 0 && PoolAffinity.Keeps(_pool!.Servers[waiter.Target].Balancing))
        {
            // Older ones may go to a member, too: once they found none, neither does this one.
            return IsMember(waiter.Target) ? _count > 0 && HasRoom(waiter.Target) : HasRoom(waiter.Target);
        }

        foreach (int member in _members.AsSpan(0, _count))
        {
            if (!waiter.HasTried(member))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Takes that a waiter has begun at a server. O(servers with room).</summary>
    internal void Take(int index)
    {
        int at = _members.AsSpan(0, _count).IndexOf(index);
        if (at >= 0 && !HasRoom(index))
        {
            _members[at] = _members[--_count];
        }
        else if (at < 0 && !IsMember(index) && !IsForItsOwn(_pool!.Servers[index].Balancing))
        {
            _others--;
        }
    }

    /// <summary>Takes that the roster has no room after all, as one found who may go anywhere.</summary>
    internal void CloseRoster() => _count = 0;

    // One that drains takes those who are bound to it.
    private static bool IsForItsOwn(BalancedServer server) => server.Queued > 0 && server.HasRoom;

    private bool IsMember(int index) => _roster!.Weights[index] > 0;

    private bool HasRoom(int index) => _pool!.Servers[index].Balancing.HasRoom;
}
