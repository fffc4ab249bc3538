using System.Text;
using Atlas.Core.Balancing;
using Atlas.Core.Health;
using Atlas.Engine.Streams;
using Atlas.Engine.Tls;
using Atlas.Proxy.Metrics;

namespace Atlas.Proxy.Snapshots;

/// <summary>A server with its state and its counters, shared by all workers and kept across reloads: matched by pool, name and
/// address.</summary>
public sealed class ServerState(string name, SocketAddress address)
{
    private static readonly TimeSpan FailureStep = TimeSpan.FromSeconds(1);

    private KeptSessions? _sessions;
    private int _tunnels;
    private volatile bool _isForgotten;
    private volatile bool _isUnreachable;
    private volatile ConnectFailure? _connectFailure;

    /// <summary>The server's name, unique in its pool.</summary>
    public string Name { get; } = name;

    internal byte[] NameBytes { get; } = Encoding.UTF8.GetBytes(name);

    /// <summary>Where it listens.</summary>
    public SocketAddress Address { get; } = address;

    /// <summary>What counts its attempts; null: nothing does.</summary>
    public ServerMetrics? Metrics { get; init; }

    /// <summary>What real requests say of it.</summary>
    public ServerOutliers Outliers { get; } = new();

    /// <summary>Its state and its load, as balancing sees them.</summary>
    public BalancedServer Balancing { get; } = new(name);

    /// <summary>Those of the requests under way that are tunnels, over all workers.</summary>
    public int Tunnels => Volatile.Read(ref _tunnels);

    /// <summary>The last time that no connection to it could be made, to a second; null: it never happened. Any thread.</summary>
    public ConnectFailure? ConnectFailure => _connectFailure;

    /// <summary>Whether no connection was made since <see cref="ConnectFailure"/>. Any thread.</summary>
    public bool IsUnreachable => _isUnreachable;

    /// <summary>Whether no snapshot names it any more. Any thread.</summary>
    internal bool IsForgotten
    {
        get => _isForgotten;
        set => _isForgotten = value;
    }

    /// <summary>Sessions of TLS with it that connections may resume. Any thread.</summary>
    /// <param name="context">What the connections are made with. Another one than before begins anew.</param>
    internal TlsClientSessions SessionsOf(TlsClientContext context)
    {
        KeptSessions? kept = Volatile.Read(ref _sessions);
        if (kept is null || kept.Context != context)
        {
            kept = new KeptSessions(context, new TlsClientSessions(context));
            Interlocked.Exchange(ref _sessions, kept)?.Sessions.Dispose();
        }

        return kept.Sessions;
    }

    /// <summary>No connection could be made. A server that is down may fail some thousand a second: of those that are alike, one in
    /// a second is kept. Any thread.</summary>
    internal void ConnectFailed(string text)
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        ConnectFailure? last = _connectFailure;
        if (last is null || last.Text != text || now - last.At >= FailureStep)
        {
            _connectFailure = new ConnectFailure(now, text);
        }

        _isUnreachable = true;
    }

    /// <summary>A connection was made. Any thread.</summary>
    internal void Connected()
    {
        // Written only where it changes, so that workers do not take the line from each other for nothing.
        if (_isUnreachable)
        {
            _isUnreachable = false;
        }
    }

    internal void BeginTunnel() => Interlocked.Increment(ref _tunnels);

    internal void EndTunnel() => Interlocked.Decrement(ref _tunnels);

    private sealed record KeptSessions(TlsClientContext Context, TlsClientSessions Sessions);
}
