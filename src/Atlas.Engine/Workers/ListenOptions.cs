namespace Atlas.Engine.Workers;

/// <summary>How an address is listened on, shared by the listeners of all workers.</summary>
public sealed class ListenOptions(IConnectionHandler handler, int backlog, int maxConnections)
{
    private int _connections;
    private int _maxConnections = maxConnections;
    private long _acceptErrors;

    /// <summary>Who serves the connections.</summary>
    public IConnectionHandler Handler { get; } = handler;

    /// <summary>The kernel's queue of connections not yet accepted.</summary>
    public int Backlog { get; } = backlog;

    /// <summary>Connections at once, never more; past it accepting pauses and the kernel's queue fills. Any thread may
    /// change it; open connections stay.</summary>
    public int MaxConnections
    {
        get => Volatile.Read(ref _maxConnections);
        set => Volatile.Write(ref _maxConnections, value);
    }

    /// <summary>Connections open now, and those that are just being accepted.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Times that accepting paused since the process or system had no descriptors or memory left.</summary>
    public long AcceptErrors => Interlocked.Read(ref _acceptErrors);

    /// <summary>Counts a connection if there is room for it.</summary>
    internal bool TryOpenConnection()
    {
        int seen = Connections;
        while (seen < MaxConnections)
        {
            int before = Interlocked.CompareExchange(ref _connections, seen + 1, seen);
            if (before == seen)
            {
                return true;
            }

            seen = before;
        }

        return false;
    }

    internal void ConnectionClosed() => Interlocked.Decrement(ref _connections);

    internal void CountAcceptError() => Interlocked.Increment(ref _acceptErrors);
}
