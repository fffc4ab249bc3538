using System.Text;
using Atlas.Engine.Streams;
using Atlas.Proxy.Metrics;

namespace Atlas.Proxy.Snapshots;

/// <summary>A server and its live counters, shared by all workers and kept across reloads: matched by pool and
/// name.</summary>
public sealed class ServerState(string name, SocketAddress address)
{
    private int _active;
    private int _down;

    /// <summary>The server's name, unique in its pool.</summary>
    public string Name { get; } = name;

    internal byte[] NameBytes { get; } = Encoding.UTF8.GetBytes(name);

    /// <summary>Where it listens.</summary>
    public SocketAddress Address { get; } = address;

    /// <summary>What counts its attempts; null: nothing does.</summary>
    public ServerMetrics? Metrics { get; init; }

    /// <summary>Requests under way, over all workers.</summary>
    public int Active => Volatile.Read(ref _active);

    /// <summary>Whether health checks let it take requests.</summary>
    public bool IsUp
    {
        get => Volatile.Read(ref _down) == 0;
        set => Volatile.Write(ref _down, value ? 0 : 1);
    }

    internal void Begin() => Interlocked.Increment(ref _active);

    internal void End() => Interlocked.Decrement(ref _active);
}
