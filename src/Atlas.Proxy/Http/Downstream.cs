using Atlas.Engine.Buffers;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Protocols.Http1;
using Atlas.Proxy.Connections;
using Atlas.Proxy.Errors;
using Atlas.Proxy.Routing;
using Atlas.Proxy.Snapshots;
using Atlas.Proxy.Upstream;

namespace Atlas.Proxy.Http;

/// <summary>The client's side of exchanges: a connection that speaks HTTP/1.1, with one exchange after the other, or a stream of
/// an HTTP/2 connection, with one. Heads are written as HTTP/1.1 for both; what it makes of them is its own.</summary>
internal abstract class Downstream(WorkerContext context, ClientConnection connection)
{
    /// <summary>A length of a response's body that is not known before it ends.</summary>
    internal const long UnknownLength = -1;

    /// <summary>The length of what follows an interim response: the final one.</summary>
    internal const long AnotherHead = -2;

    /// <summary>The client's bytes.</summary>
    internal abstract ByteStream Client { get; }

    /// <summary>Whether the connection itself says where a body ends, so that bodies of any length pass without chunks.</summary>
    internal abstract bool FramesBodies { get; }

    /// <summary>The connection that it is, or is a part of.</summary>
    internal ClientConnection Connection => connection;

    /// <summary>The snapshot that the request at hand began with.</summary>
    internal HttpListenerSnapshot Listener { get; private protected set; } = connection.Owner.Snapshot;

    /// <summary>The peer's address: the client that a PROXY protocol header told of, or the socket's.</summary>
    internal SocketAddress Peer => connection.Peer;

    /// <summary>The peer's address as text; empty on a unix socket.</summary>
    internal ReadOnlySpan<byte> PeerIp => connection.PeerIp;

    /// <summary>The peer's port; 0 on a unix socket.</summary>
    internal int PeerPort => connection.Peer.Port;

    /// <summary>What counts and logs its requests.</summary>
    internal ListenerView View => connection.View;

    /// <summary>The loop's time in microseconds since which the connection waits for a request.</summary>
    internal long IdleSinceUs { get; private protected set; } = context.Loop.NowUs;

    /// <summary>Milliseconds that the handshakes before the connection's first request took; 0 for later requests.</summary>
    internal int HandshakeMs { get; private protected set; }

    /// <summary>Whether the peer's forwarding fields are believed.</summary>
    internal bool IsPeerTrusted { get; private protected set; }

    /// <summary>The listener that accepted it.</summary>
    public HttpListener Owner => connection.Owner;

    /// <summary>Whether the connection ends with the request at hand.</summary>
    internal virtual bool IsDraining => connection.Owner.IsDraining;

    /// <summary>The protocol of the request at hand, as logs name it.</summary>
    internal virtual ReadOnlySpan<byte> ProtocolOf(RequestHead head) => head.Version == HttpVersion.Http10 ? "HTTP/1.0"u8 : "HTTP/1.1"u8;

    /// <summary>What passes its bytes unread after an upgrade; null: there was none, or it is over.</summary>
    internal Tunnel? Tunnel { get; set; }

    /// <summary>Whether the client takes any 2xx for the opening of a tunnel (RFC 8441 4), not only a 101.</summary>
    internal virtual bool AsksForTunnel => false;

    /// <summary>Whether it was ended from outside.</summary>
    internal bool IsAborted { get; private protected set; }

    protected WorkerContext Context => context;

    /// <summary>Whom the servers of a pool are told of by the PROXY protocol; null: they are not.</summary>
    internal ProxyOrigin? OriginFor(PoolSnapshot pool) => connection.OriginFor(pool, this);

    /// <summary>Lets waits for the client happen again, unless it is to end.</summary>
    internal void ResetCancel()
    {
        if (!IsAborted)
        {
            Client.ResetCancel();
        }
    }

    /// <summary>Sends a head, and with it what is at hand of the body.</summary>
    /// <param name="x">The exchange.</param>
    /// <param name="head">The head as HTTP/1.1 has it. What lies behind it may be overwritten.</param>
    /// <param name="headLength">Its bytes.</param>
    /// <param name="bodyLength">Bytes of the whole body; 0: the message ends with the head; <see cref="UnknownLength"/>;
    /// <see cref="AnotherHead"/>.</param>
    /// <param name="body">Holds the beginning of the body; may be <paramref name="head"/>.</param>
    /// <param name="start">Its first byte.</param>
    /// <param name="count">Bytes of it; may be 0.</param>
    /// <returns>False if the client is gone or too slow, or the wait was cancelled.</returns>
    internal abstract ResultFlow<bool> SendHeadAsync(
        Exchange x, NativeBuffer head, int headLength, long bodyLength, NativeBuffer body, int start, int count);

    /// <summary>Ends a body of unknown length where <see cref="FramesBodies"/>, with the exchange's trailers if there are any.</summary>
    /// <returns>As <see cref="SendHeadAsync"/>.</returns>
    internal abstract ResultFlow<bool> EndBodyAsync(Exchange x);

    /// <summary>The trailers of a request's body that has ended, where <see cref="FramesBodies"/>, as HTTP/1.1 has them with the
    /// empty line at the end. They stay until the request ends, since it may be sent again.</summary>
    /// <param name="destination">Has room for as much as <see cref="Protocols.Http.HttpLimits.Trailers"/> allows.</param>
    /// <returns>Their bytes; 0: there are none.</returns>
    internal virtual int TakeTrailers(Span<byte> destination) => 0;

    /// <summary>Takes a parsed head: refuses the request, or finds where it goes.</summary>
    private protected void Take(Exchange x)
    {
        x.HeadUs = context.Loop.NowUs;
        x.ClientReceive.Begin(context.Loop.NowMs, Listener.BodyIdleMs, Listener.BodyMinRateBytesPerSecond);
        x.InStart = x.Request.Length;
        x.RequestWireBytes = x.Request.Length;
        x.RequestBodyDone = x.Request.Framing == BodyFraming.None;
        x.Error = RequestRefusal.Of(Listener, x);
        if (x.Error == ProxyError.None && Misdirection.IsToNoCertificate(connection.Tls, Listener.Tls, x.Request.Authority.Of(x.HeadBytes)))
        {
            x.Error = ProxyError.NoRoute;
        }

        x.Error = x.Error == ProxyError.None ? RequestRouter.Choose(context, this, x) : x.Error;
    }

    /// <summary>Goes on with a request that was taken, unless it was refused: has it pass its route's limit, and answers it or takes it to a
    /// server.</summary>
    private protected async Flow GoOnAsync(Exchange x)
    {
        if (x.Error == ProxyError.None && x.Route?.Limit is { } limit)
        {
            await limit.PassAsync(context, this, x);
        }

        if (x.Error == ProxyError.None && x.Pool is null)
        {
            await AnswerResponder.SendAsync(context, this, x);
        }
        else if (x.Error == ProxyError.None)
        {
            await x.Relay.RunAsync(context, this);
        }
    }
}
