using Atlas.Engine.Workers;
using Atlas.Proxy.Connections;
using Atlas.Proxy.Metrics;
using Atlas.Proxy.Relaying;
using Atlas.Proxy.Snapshots;

namespace Atlas.Proxy.Tcp;

/// <summary>What the TCP sessions of one worker share. Used on the worker's thread only.</summary>
internal sealed class TcpContext(EventLoop loop)
{
    private readonly ListenerCounters _uncounted = new();

    internal EventLoop Loop { get; } = loop;

    /// <summary>The worker's number, from 0, by which it finds its part of counters and logs.</summary>
    internal int Index => Loop.Index;

    internal SessionList<TcpSession> Sessions { get; } = new();

    internal LingeringConnections Lingering { get; } = new();

    internal ulong RandomBits() => (ulong)Loop.Random.NextInt64(long.MinValue, long.MaxValue);

    internal ListenerCounters CountersOf(ListenerSnapshot listener) => listener.Metrics?.ForWorker(Index) ?? _uncounted;

    /// <summary>What counts the worker's connections to a server; null: nothing does.</summary>
    internal ServerCounters? CountersOf(ServerState server) => server.Metrics?.ForWorker(Index);
}
