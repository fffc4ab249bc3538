using Atlas.Proxy.Snapshots;

namespace Atlas.Proxy;

/// <summary>A running HTTP listener: what outlives the snapshots that follow each other. Any thread may replace the
/// snapshot; a request keeps the one it began with.</summary>
public sealed class HttpListener(HttpListenerSnapshot snapshot)
{
    private HttpListenerSnapshot _snapshot = snapshot;

    /// <summary>What requests that begin now go by.</summary>
    public HttpListenerSnapshot Snapshot
    {
        get => Volatile.Read(ref _snapshot);
        set => Volatile.Write(ref _snapshot, value);
    }
}
