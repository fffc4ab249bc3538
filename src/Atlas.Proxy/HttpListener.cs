using Atlas.Proxy.Snapshots;

namespace Atlas.Proxy;

/// <summary>A running HTTP listener: what outlives the snapshots that follow each other. Any thread may replace the
/// snapshot; a request keeps the one it began with.</summary>
public sealed class HttpListener(HttpListenerSnapshot snapshot)
{
    private HttpListenerSnapshot _snapshot = snapshot;
    private volatile bool _isDraining;
    private bool _closesWebSockets;
    private long _webSocketsTold;

    /// <summary>What requests that begin now go by.</summary>
    public HttpListenerSnapshot Snapshot
    {
        get => Volatile.Read(ref _snapshot);
        set => Volatile.Write(ref _snapshot, value);
    }

    /// <summary>Whether its connections end with the request at hand. Once set it stays: see
    /// <see cref="HttpProxy.Drain"/>.</summary>
    public bool IsDraining => _isDraining;

    /// <summary>Whether clients of WebSocket connections are told to go, those that come yet too.</summary>
    internal bool ClosesWebSockets
    {
        get => Volatile.Read(ref _closesWebSockets);
        set => Volatile.Write(ref _closesWebSockets, value);
    }

    /// <summary>Clients of WebSocket connections that were told to go (<see cref="HttpProxy.CloseWebSockets"/>). Any thread.</summary>
    public long WebSocketsTold => Interlocked.Read(ref _webSocketsTold);

    /// <summary>Milliseconds over which idle connections close by chance while it drains.</summary>
    internal int CloseSpreadMs { get; private set; }

    /// <summary>A client was told. Any thread.</summary>
    internal void WebSocketTold() => Interlocked.Increment(ref _webSocketsTold);

    /// <summary>Any thread. Who sees that it drains sees the spread as well.</summary>
    internal void BeginDrain(int closeSpreadMs)
    {
        CloseSpreadMs = closeSpreadMs;
        _isDraining = true;
    }
}
