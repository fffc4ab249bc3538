using Atlas.Engine.Streams;
using Atlas.Engine.Tls;
using Atlas.Proxy.Http;
using Atlas.Proxy.Metrics;
using Atlas.Proxy.Snapshots;

namespace Atlas.Proxy.Upstream;

/// <summary>One worker's connections to one server: the idle ones, last used first, so that the rest grow old and
/// leave.</summary>
internal sealed class ServerConnections(ServerCounters counters)
{
    // News of a connection comes with the events of each turn, so that a look at the socket itself only sees what came
    // since. That is worth a system call (3 % of a small request) where servers are about to close, after seconds, and where
    // meeting the close is an error, since the request must not be sent twice.
    private const int PeekAfterMs = 500;

    private readonly IdleConnections _idle = new();
    private Http2Connections? _http2;
    private LearnedIdleAge _learned;

    internal ServerCounters Counters { get; } = counters;

    /// <summary>The connections of HTTP/2, beside the others.</summary>
    internal Http2Connections Http2(WorkerContext context) => _http2 ??= new Http2Connections(this, context.UpstreamHttp2);

    /// <summary>The last used connection that is open and silent, or null.</summary>
    /// <param name="nowMs">The loop's time.</param>
    /// <param name="mayRepeat">Whether the request could be sent again if the connection turns out to be closed.</param>
    /// <param name="origin">Whom the connection must have told of when it opened; null: nobody.</param>
    /// <param name="security">What its handshake of TLS must have gone by; null: it must be in plain text.</param>
    internal UpstreamConnection? TakeIdle(long nowMs, bool mayRepeat, ProxyOrigin? origin, TlsClientContext? security = null)
    {
        while (LastOf(origin) is UpstreamConnection connection)
        {
            _idle.Remove(connection);
            Counters.IdleChanged(-1);
            connection.BecomeBusy();
            bool usable = !connection.Stream.IsPeerClosed && connection.Security == security;
            if (usable && (!mayRepeat || connection.Stream.MayReceive || nowMs - connection.IdleSinceMs >= PeekAfterMs))
            {
                usable = connection.Stream.Peek() == ByteStream.WouldBlock;
            }

            if (usable)
            {
                return connection;
            }

            connection.Close();
        }

        return null;
    }

    /// <summary>Takes a connection back after a response, to keep or to close it. Where all are kept that may be, the one that nobody
    /// used for the longest time makes room: it is the least likely to be wanted, or open, and may be bound to a client that is
    /// quiet.</summary>
    /// <param name="connection">Open, with nothing left to receive.</param>
    /// <param name="pool">How long, how old and how many may be kept.</param>
    /// <param name="nowMs">The loop's time.</param>
    /// <param name="serverIdleMs">What the server itself said of how long it keeps the connection.</param>
    internal void GiveBack(UpstreamConnection connection, PoolSnapshot pool, long nowMs, int serverIdleMs)
    {
        int idleMs = Math.Min(Math.Min(pool.IdleMs, serverIdleMs), _learned.LimitMs(nowMs));
        bool isSpent = pool.RequestsPerConnection > 0 && connection.Requests + 1 >= pool.RequestsPerConnection;
        isSpent |= connection.Origin is { IsEnded: true };
        if (isSpent || idleMs <= 0 || pool.IdlePerServer <= 0 || nowMs - connection.BornMs >= pool.MaxAgeMs)
        {
            connection.Close();
            return;
        }

        while (_idle.Count >= pool.IdlePerServer)
        {
            Discard(_idle.Oldest!);
        }

        connection.BecomeIdle(nowMs, idleMs);
        _idle.Add(connection);
        Counters.IdleChanged(1);
    }

    internal void ServerClosed(UpstreamConnection connection)
    {
        long nowMs = connection.Stream.Loop.NowMs;
        _learned.ServerClosed(nowMs - connection.IdleSinceMs, nowMs);
        Discard(connection);
    }

    internal void Discard(UpstreamConnection connection)
    {
        Counters.IdleChanged(_idle.Remove(connection) ? -1 : 0);
        connection.Close();
    }

    internal void CloseIdle()
    {
        while (_idle.Newest is UpstreamConnection connection)
        {
            Discard(connection);
        }

        _http2?.Leave();
    }

    private UpstreamConnection? LastOf(ProxyOrigin? origin)
    {
        if (origin is not null)
        {
            return origin.IdleOf(this);
        }

        // One that opened for a client is in the way only after a pool has ceased to send headers.
        UpstreamConnection? last = _idle.Newest;
        while (last is { Origin: not null })
        {
            last = last.Older;
        }

        return last;
    }
}
