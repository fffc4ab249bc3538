using Atlas.Proxy.Snapshots;

namespace Atlas.Proxy.Udp;

/// <summary>A running UDP listener: what outlives the snapshots that follow each other, and how many sessions it has. Any
/// thread.</summary>
public sealed class UdpListener(UdpListenerSnapshot snapshot)
{
    private UdpListenerSnapshot _snapshot = snapshot;
    private int _sessions;
    private long _refusals;

    /// <summary>What datagrams go by. Sessions go on when it changes, as long as the pool has their server.</summary>
    public UdpListenerSnapshot Snapshot
    {
        get => Volatile.Read(ref _snapshot);
        set => Volatile.Write(ref _snapshot, value);
    }

    /// <summary>Sessions that are open.</summary>
    public int Sessions => Volatile.Read(ref _sessions);

    /// <summary>Times that no session could begin since the process had no descriptors, ports or memory left.</summary>
    public long Refusals => Interlocked.Read(ref _refusals);

    /// <summary>Counts a session if there is room for it.</summary>
    internal bool TryOpenSession(int most)
    {
        if (Interlocked.Increment(ref _sessions) <= most)
        {
            return true;
        }

        Interlocked.Decrement(ref _sessions);
        return false;
    }

    internal void SessionClosed() => Interlocked.Decrement(ref _sessions);

    internal void CountRefusal() => Interlocked.Increment(ref _refusals);
}
