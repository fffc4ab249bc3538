using Atlas.Proxy.Snapshots;

namespace Atlas.Proxy.Tcp;

/// <summary>A running TCP listener: what outlives the snapshots that follow each other. Any thread may replace the snapshot; a
/// connection keeps the one it began with.</summary>
public sealed class TcpListener(TcpListenerSnapshot snapshot)
{
    private TcpListenerSnapshot _snapshot = snapshot;
    private volatile bool _isDraining;

    /// <summary>What connections that begin now go by.</summary>
    public TcpListenerSnapshot Snapshot
    {
        get => Volatile.Read(ref _snapshot);
        set => Volatile.Write(ref _snapshot, value);
    }

    /// <summary>Whether it takes no connections any more. Once set it stays: see <see cref="TcpProxy.Drain"/>.</summary>
    public bool IsDraining => _isDraining;

    /// <summary>Any thread.</summary>
    internal void BeginDrain() => _isDraining = true;
}
