using Atlas.Engine.Streams;
using Atlas.Engine.Tls;
using Atlas.Engine.Timers;
using Atlas.Proxy.Http2;

namespace Atlas.Proxy.Upstream;

/// <summary>A connection to a server: lent to one request at a time, or idle in its <see cref="ServerConnections"/>, which
/// it leaves by itself when the server closes it or its time is up.</summary>
internal sealed class UpstreamConnection : IPeerClosedHandler, ITimerTarget
{
    private readonly ServerConnections _owner;
    private readonly LoopTimer _idleTimer;

    internal UpstreamConnection(ServerConnections owner, ByteStream stream, ProxyOrigin? origin = null, TlsClientContext? security = null)
    {
        Security = security;
        _owner = owner;
        Stream = stream;
        Origin = origin;
        origin?.Add(this);
        BornMs = stream.Loop.NowMs;
        _idleTimer = new LoopTimer(stream.Loop.Timers, this);
    }

    /// <summary>One that is a stream of a connection of HTTP/2. It is never idle by itself.</summary>
    internal UpstreamConnection(ServerConnections owner, Http2Request http2)
        : this(owner, http2.Bytes) => Http2 = http2;

    internal ByteStream Stream { get; }

    /// <summary>What its handshake of TLS went by; null: it is in plain text.</summary>
    internal TlsClientContext? Security { get; }

    /// <summary>The stream of HTTP/2 that it is; null: it is a connection of HTTP/1.1.</summary>
    internal Http2Request? Http2 { get; }

    /// <summary>Whom its PROXY protocol header told of; null: it opened without one.</summary>
    internal ProxyOrigin? Origin { get; }

    /// <summary>The loop's time at which it was made.</summary>
    internal long BornMs { get; }

    /// <summary>Requests that were answered on it.</summary>
    internal int Requests { get; private set; }

    internal long IdleSinceMs { get; private set; }

    /// <summary>What keeps it while nobody uses it.</summary>
    internal ServerConnections Owner => _owner;

    /// <summary>The one before it in <see cref="IdleConnections"/>, which alone sets it.</summary>
    internal UpstreamConnection? Older { get; set; }

    /// <summary>The one after it in <see cref="IdleConnections"/>, which alone sets it.</summary>
    internal UpstreamConnection? Newer { get; set; }

    internal bool IsIdle => Stream.PeerClosedHandler is not null;

    public void OnPeerClosed(ByteStream stream) => _owner.ServerClosed(this);

    public void OnTimer(LoopTimer timer) => _owner.Discard(this);

    internal void BecomeIdle(long nowMs, int idleMs)
    {
        Requests++;
        IdleSinceMs = nowMs;
        Stream.PeerClosedHandler = this;
        _idleTimer.Set(nowMs + idleMs);
    }

    internal void BecomeBusy()
    {
        Stream.PeerClosedHandler = null;
        _idleTimer.Clear();
    }

    internal void DiscardIfIdle()
    {
        if (IsIdle)
        {
            _owner.Discard(this);
        }
    }

    internal void Close()
    {
        Origin?.Remove(this);
        _idleTimer.Remove();
        Stream.Close();
    }

    internal void Abort()
    {
        Origin?.Remove(this);
        _idleTimer.Remove();
        Stream.Abort();
    }
}
