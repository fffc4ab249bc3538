using System.Net;
using Atlas.Engine.Buffers;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Protocols.Http1;
using Atlas.Proxy.Connections;
using Atlas.Proxy.Errors;
using Atlas.Proxy.Relaying;
using Atlas.Proxy.Routing;
using Atlas.Proxy.Snapshots;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Proxy.Http;

/// <summary>One client connection speaking HTTP/1.1, from accept to close. While it idles it holds no buffer and no
/// exchange.</summary>
internal sealed class HttpSession(
    WorkerContext context,
    HttpListener listener,
    ListenerView view,
    ByteStream client,
    SocketAddress peer,
    Action ended) : ISessionLinks<HttpSession>
{
    private SocketAddress _peer = peer;
    private byte[] _peerIp = PeerText.Of(peer);
    private Exchange? _exchange;
    private bool _isTakingHeader;
    private bool _isLingering;

    // The loop's time from which no further request is awaited: the connection's greatest age or, while it drains, a moment
    // drawn for it.
    private long _endsMs;
    private bool _isLeaving;

    internal ByteStream Client { get; } = client;

    /// <summary>The snapshot that the request at hand began with.</summary>
    internal HttpListenerSnapshot Listener { get; private set; } = listener.Snapshot;

    /// <summary>The peer's address: the client that a PROXY protocol header told of, or the socket's.</summary>
    internal SocketAddress Peer => _peer;

    /// <summary>The peer's address as text; empty on a unix socket.</summary>
    internal ReadOnlySpan<byte> PeerIp => _peerIp;

    /// <summary>The peer's port; 0 on a unix socket.</summary>
    internal int PeerPort => _peer.Port;

    /// <summary>What counts and logs this session's requests.</summary>
    internal ListenerView View => view;

    /// <summary>The loop's time in microseconds since which the connection waits for a request.</summary>
    internal long IdleSinceUs { get; private set; } = context.Loop.NowUs;

    /// <summary>Milliseconds that the handshakes before the connection's first request took; 0 for later requests.</summary>
    internal int HandshakeMs { get; private set; }

    /// <summary>Whether the peer's forwarding fields are believed.</summary>
    internal bool IsPeerTrusted { get; private set; }

    internal bool IsIdle => _exchange is null && !_isTakingHeader && !_isLingering;

    /// <summary>The listener that accepted it.</summary>
    internal HttpListener Owner => listener;

    /// <summary>Whether the connection ends with the request at hand.</summary>
    internal bool IsDraining => listener.IsDraining;

    /// <summary>Whether it passes bytes unread after an upgrade.</summary>
    internal bool IsTunnel { get; set; }

    /// <summary>Whether <see cref="Abort"/> was called.</summary>
    internal bool IsAborted { get; private set; }

    // The links of the worker's list of sessions.
    public HttpSession? Next { get; set; }

    public HttpSession? Previous { get; set; }

    internal async Flow RunAsync()
    {
        context.Sessions.Add(this);
        view.SessionOpened();
        _endsMs = ExpiryMs();
        bool goOn = !Listener.ExpectsProxyHeader(_peer.Ip) || await TakeProxyHeaderAsync();
        while (goOn && (!MustEnd() || HasLastRequest()))
        {
            if (_exchange is null)
            {
                WaitResult wait = await Client.ReceiveReadyAsync(Math.Min(context.Loop.NowMs + Listener.IdleMs, _endsMs));
                if (wait == WaitResult.Cancelled && IsDraining && !IsAborted && !Client.IsClosed && !MustEnd())
                {
                    // The drain began, and this connection's moment has not come.
                    Client.ResetCancel();
                    continue;
                }

                if (wait != WaitResult.Ready && (!MustEnd() || !HasLastRequest()))
                {
                    break;
                }
            }

            Listener = listener.Snapshot;
            IsPeerTrusted = Listener.Trusts(_peer.Ip);
            goOn = await ServeAsync();
        }

        bool abort = IsAborted
            || _exchange is { ResponseEndIsClose: true, Error: not ProxyError.None }
            || _exchange is { ClientSend.IsTooSlow: true };
        bool linger = !abort && MayStillSend();
        ReleaseExchange();
        if (linger)
        {
            _isLingering = true;
            await LingeringClose.RunAsync(Client);
        }

        context.Sessions.Remove(this);
        view.SessionClosed();
        context.ForgetIfDrained(listener, view);
        if (abort)
        {
            Client.Abort();
        }
        else
        {
            Client.Close();
        }

        ended();
    }

    /// <summary>Draws the moment at which it ends unless a request comes before, and, while it waits for one, makes it know.
    /// The listener drains.</summary>
    internal void Leave()
    {
        DrawEnd();
        if (IsIdle)
        {
            Client.CancelWaits();
        }
    }

    /// <summary>Ends it now, whatever it does: the deadline of a shutdown has passed.</summary>
    internal void Abort()
    {
        IsAborted = true;
        Client.CancelWaits();
        _exchange?.Relay.CancelWaits();
    }

    /// <summary>Lets waits for the client happen again, unless the session is to end.</summary>
    internal void ResetCancel()
    {
        if (!IsAborted)
        {
            Client.ResetCancel();
        }
    }

    /// <summary>Whether a request came before the connection could be drained: its client could not know, and is answered
    /// once more.</summary>
    private bool HasLastRequest()
    {
        if (IsAborted || (_exchange is null && Client.Peek() <= 0))
        {
            return false;
        }

        Client.ResetCancel();
        return true;
    }

    private bool MustEnd()
    {
        if (IsDraining)
        {
            DrawEnd();
        }

        return context.Loop.NowMs >= _endsMs;
    }

    // Once: a connection that has ended a request since keeps the moment that it had.
    private void DrawEnd()
    {
        if (!_isLeaving)
        {
            _isLeaving = true;
            _endsMs = Math.Min(_endsMs, context.Loop.NowMs + context.Below(listener.CloseSpreadMs));
        }
    }

    private bool MayStillSend() => _exchange is { ClientGone: false } x
        && !Client.IsPeerClosed
        && (!x.RequestBodyDone || x.InStart < x.InEnd || Client.MayReceive);

    private long ExpiryMs()
    {
        int maxMs = Listener.MaxAgeMs;
        return maxMs == int.MaxValue ? long.MaxValue : context.Loop.NowMs + maxMs + context.Jitter(maxMs / 10);
    }

    /// <summary>Takes the PROXY protocol header. The peer is then who it says, and what came behind it is the first
    /// request.</summary>
    private async ResultFlow<bool> TakeProxyHeaderAsync()
    {
        long deadlineMs = context.Loop.NowMs + Math.Max(Listener.HeadersMs, ProxyHeaderIntake.MinTimeoutMs);
        WaitResult wait = await Client.ReceiveReadyAsync(deadlineMs);
        if (wait == WaitResult.Cancelled && !HasLastRequest())
        {
            return false;
        }

        _isTakingHeader = true;
        ProxyIntake intake = wait == WaitResult.TimedOut
            ? new ProxyIntake { Status = ProxyIntakeStatus.TimedOut }
            : await ProxyHeaderIntake.ReadAsync(Client, deadlineMs);
        _isTakingHeader = false;
        if (intake.Status != ProxyIntakeStatus.Done)
        {
            view.Counters.IntakeEnded(intake.Status, intake.Error);
            return false;
        }

        if (!intake.Client.IsEmpty)
        {
            _peer = SocketAddress.OfIp(new IPAddress(intake.Client.Ip), intake.Client.Port);
            _peerIp = PeerText.Of(_peer);
        }

        HandshakeMs = (int)((context.Loop.NowUs - IdleSinceUs) / 1000);
        IdleSinceUs = context.Loop.NowUs;
        if (intake.Rest is not null)
        {
            _exchange = context.RentExchange();
            _exchange.In = intake.Rest;
            _exchange.InEnd = intake.RestLength;
        }

        return true;
    }

    private async ResultFlow<bool> ServeAsync()
    {
        if (_exchange is null)
        {
            _exchange = context.RentExchange();
            _exchange.In = context.Loop.Buffers.TryRent(BufferSize.Small);
            if (_exchange.In is null)
            {
                ErrorResponder.Shed(this, _exchange);
                return false;
            }
        }

        Exchange x = _exchange;
        x.BeganUs = context.Loop.NowUs;
        x.ClientSend.Begin(context.Loop.NowMs, Listener.BodyIdleMs, Listener.SendMinRateBytesPerSecond);
        ParseStatus head = await ReadHeadAsync(x);
        if (head == ParseStatus.NeedMore)
        {
            // Woken for nothing.
            ReleaseExchange();
            return true;
        }

        if (head == ParseStatus.Done)
        {
            x.HeadUs = context.Loop.NowUs;
            x.ClientReceive.Begin(context.Loop.NowMs, Listener.BodyIdleMs, Listener.BodyMinRateBytesPerSecond);
            x.InStart = x.Request.Length;
            x.RequestWireBytes = x.Request.Length;
            x.RequestBodyDone = x.Request.Framing == BodyFraming.None;
            x.KeepClient = x.Request is { KeepAlive: true, Repair: RequestRepairs.None }
                && !IsDraining
                && context.Loop.NowMs < _endsMs;
            x.Error = RequestRefusal.Of(Listener, x);
            x.Error = x.Error == ProxyError.None ? RequestRouter.Choose(context, this, x) : x.Error;
            if (x.Error == ProxyError.None && x.Pool is null)
            {
                await AnswerResponder.SendAsync(context, this, x);
            }
            else if (x.Error == ProxyError.None)
            {
                await x.Relay.RunAsync(context, this);
            }
        }
        else if (x.Error == ProxyError.None)
        {
            // The client left between requests or within a head, or the session is to end: there is nothing to answer.
            x.ClientGone = true;
            return false;
        }

        if (x.Error != ProxyError.None)
        {
            x.Error = IsAborted ? ProxyError.ShuttingDown : x.Error;
            x.KeepClient &= x.RequestBodyDone && !IsAborted;
            await ErrorResponder.SendAsync(context, this, x);
        }

        RequestEnd.Record(context, this, x);
        HandshakeMs = 0;
        IdleSinceUs = context.Loop.NowUs;
        bool keep = x.KeepClient && !x.ClientGone;
        if (keep)
        {
            PrepareNext(x);
        }

        return keep;
    }

    /// <summary>Reads and parses a head.</summary>
    /// <returns>Done; error with the exchange's error, or without one when the client left; need-more when not a single byte
    /// was there.</returns>
    private async ResultFlow<ParseStatus> ReadHeadAsync(Exchange x)
    {
        long deadlineMs = context.Loop.NowMs + Listener.HeadersMs;
        while (true)
        {
            if (x.InEnd > 0)
            {
                ParseStatus status = x.RequestParser.Parse(x.In!.Span[..x.InEnd], x.Request, Listener.Limits, Listener.Repairs);
                if (status == ParseStatus.Done)
                {
                    return ParseStatus.Done;
                }

                if (status == ParseStatus.Error || (x.InEnd == x.In!.Length && !x.TryGrowIn(context.Loop.Buffers)))
                {
                    x.Error = status == ParseStatus.Error ? ProxyError.BadRequest : ProxyError.Overload;
                    return ParseStatus.Error;
                }
            }

            int received = Client.TryReceive(x.In!.Span[x.InEnd..]);
            if (received > 0)
            {
                x.InEnd += received;
                continue;
            }

            if (received != ByteStream.WouldBlock)
            {
                return ParseStatus.Error;
            }

            if (x.InEnd == 0)
            {
                return ParseStatus.NeedMore;
            }

            WaitResult wait = await Client.ReceiveReadyAsync(deadlineMs);
            if (wait == WaitResult.TimedOut)
            {
                x.Error = ProxyError.ClientSlow;
            }

            if (wait != WaitResult.Ready)
            {
                return ParseStatus.Error;
            }
        }
    }

    private void PrepareNext(Exchange x)
    {
        NativeBuffer buffer = x.In!;
        int left = x.InEnd - x.InStart;
        if (left == 0)
        {
            ReleaseExchange();
            return;
        }

        // The client sent its next request already: it stays in the buffer, moved to the front.
        buffer.Span[x.InStart..x.InEnd].CopyTo(buffer.Span);
        x.Reset();
        x.InEnd = left;
    }

    private void ReleaseExchange()
    {
        Exchange? x = _exchange;
        if (x is null)
        {
            return;
        }

        _exchange = null;
        x.In?.Return();
        x.In = null;
        context.Return(x);
    }
}
