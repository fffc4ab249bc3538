using Atlas.Engine.Buffers;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Engine.Tls;
using Atlas.Protocols.Http1;
using Atlas.Proxy.Connections;
using Atlas.Proxy.Errors;
using Atlas.Proxy.Http2;
using Atlas.Proxy.Logging;

namespace Atlas.Proxy.Http;

/// <summary>One client connection speaking HTTP/1.1, from accept to close. While it idles it holds no buffer and no
/// exchange.</summary>
internal sealed class HttpSession(WorkerContext context, ClientConnection connection, ByteStream client)
    : Downstream(context, connection), IClientSession
{
    private ByteStream _client = client;
    private Exchange? _exchange;
    private bool _isOpening;
    private bool _isLingering;
    private bool _isFirst = true;
    private bool _isHttp2;
    private bool _isRefused;

    // The loop's time from which no further request is awaited: the connection's greatest age or, while it drains, a moment
    // drawn for it.
    private long _endsMs;
    private bool _isLeaving;

    internal override ByteStream Client => _client;

    internal override bool FramesBodies => false;

    internal bool IsIdle => _exchange is null && !_isOpening && !_isLingering;

    // The links of the worker's list of sessions.
    public IClientSession? Next { get; set; }

    public IClientSession? Previous { get; set; }

    internal override ResultFlow<bool> SendHeadAsync(
        Exchange x, NativeBuffer head, int headLength, long bodyLength, NativeBuffer body, int start, int count) =>
        StreamWrites.SendAsync(Client, x.ClientSend, head, headLength, body, start, count);

    internal override ResultFlow<bool> EndBodyAsync(Exchange x) =>
        throw new NotSupportedException("bodies of HTTP/1.1 end by their framing");

    internal async Flow RunAsync()
    {
        Context.Sessions.Add(this);
        View.SessionOpened();
        _endsMs = ExpiryMs();
        bool goOn = !Listener.ExpectsProxyHeader(Peer.Ip) || await TakeProxyHeaderAsync();
        goOn = goOn && (Listener.Tls is null || await TakeTlsAsync());
        while (goOn && (!MustEnd() || HasLastRequest()))
        {
            if (_exchange is null)
            {
                WaitResult wait = await Client.ReceiveReadyAsync(Math.Min(Context.Loop.NowMs + Listener.IdleMs, _endsMs));
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

            Listener = Owner.Snapshot;
            IsPeerTrusted = Listener.Trusts(Peer.Ip);
            goOn = await ServeAsync();
        }

        if (_isHttp2)
        {
            BecomeHttp2();
            return;
        }

        bool abort = IsAborted
            || _exchange is { ResponseEndIsClose: true, Error: not ProxyError.None }
            || _exchange is { ClientSend.IsTooSlow: true };
        bool linger = !abort && MayStillSend();
        ReleaseExchange();
        Connection.EndOrigin();
        if (linger)
        {
            _isLingering = true;
            await LingeringClose.RunAsync(Client);
        }

        Context.Sessions.Remove(this);
        View.SessionClosed();
        Context.ForgetIfDrained(Owner, View);
        if (abort)
        {
            Client.Abort();
        }
        else
        {
            Client.Close();
        }

        Connection.End(Context, Client);
    }

    /// <inheritdoc/>
    public SocketAddress? LocalAddress => Client.LocalAddress;

    /// <inheritdoc/>
    public bool MayWriteTo(AccessLog log) =>
        (!IsIdle || Owner.IsDraining) && Listener.AccessLog.Any(writer => writer.Log == log);

    /// <inheritdoc/>
    public void Leave()
    {
        DrawEnd();
        if (IsIdle)
        {
            Client.CancelWaits();
        }
    }

    /// <inheritdoc/>
    public void CloseWebSockets() => Tunnel?.Leave();

    /// <inheritdoc/>
    public void Abort(bool tunnels)
    {
        if (Tunnel is not null && !tunnels)
        {
            return;
        }

        IsAborted = true;
        Client.CancelWaits();
        _exchange?.Relay.CancelWaits();
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

        return Context.Loop.NowMs >= _endsMs;
    }

    // Once: a connection that has ended a request since keeps the moment that it had.
    private void DrawEnd()
    {
        if (!_isLeaving)
        {
            _isLeaving = true;
            _endsMs = Math.Min(_endsMs, Context.Loop.NowMs + Context.Below(Owner.CloseSpreadMs));
        }
    }

    private bool MayStillSend() => _isRefused || _exchange is { ClientGone: false } x
        && !Client.IsPeerClosed
        && (!x.RequestBodyDone || x.InStart < x.InEnd || Client.MayReceive);

    private long ExpiryMs()
    {
        int maxMs = Listener.MaxAgeMs;
        return maxMs == int.MaxValue ? long.MaxValue : Context.Loop.NowMs + maxMs + Context.Jitter(maxMs / 10);
    }

    /// <summary>Takes the PROXY protocol header. The peer is then who it says, and what came behind it is the first
    /// request.</summary>
    private async ResultFlow<bool> TakeProxyHeaderAsync()
    {
        long deadlineMs = Context.Loop.NowMs + Math.Max(Listener.HeadersMs, ProxyHeaderIntake.MinTimeoutMs);
        WaitResult wait = await Client.ReceiveReadyAsync(deadlineMs);
        if (wait == WaitResult.Cancelled && !HasLastRequest())
        {
            return false;
        }

        _isOpening = true;
        ProxyIntake intake = wait == WaitResult.TimedOut
            ? new ProxyIntake { Status = ProxyIntakeStatus.TimedOut }
            : await ProxyHeaderIntake.ReadAsync(Client, deadlineMs);
        _isOpening = false;
        if (intake.Status != ProxyIntakeStatus.Done)
        {
            View.Counters.IntakeEnded(intake.Status, intake.Error);
            return false;
        }

        if (!intake.Client.IsEmpty)
        {
            Connection.Is(intake.Client, intake.Destination);
        }

        HandshakeMs = (int)((Context.Loop.NowUs - IdleSinceUs) / 1000);
        IdleSinceUs = Context.Loop.NowUs;
        if (intake.Rest is not null)
        {
            _exchange = Context.RentExchange();
            _exchange.In = intake.Rest;
            _exchange.InEnd = intake.RestLength;
        }

        return true;
    }

    /// <summary>Shakes hands. What was agreed on decides whether the connection goes on as one of HTTP/2.</summary>
    private async ResultFlow<bool> TakeTlsAsync()
    {
        _isOpening = true;
        NativeBuffer? received = _exchange?.In;
        int length = _exchange?.InEnd ?? 0;
        if (_exchange is not null)
        {
            _exchange.In = null;
            ReleaseExchange();
        }

        TlsHandshake handshake = await TlsIntake.TakeAsync(_client, Peer, Listener, View.Counters, received, length);
        _isOpening = false;
        if (handshake.Stream is null)
        {
            if (handshake.Failure is TlsFailure.PlainHttp or TlsFailure.PlainHttp2)
            {
                AnswerPlainText(handshake);
            }

            // Whoever goes on sending would get a reset in place of the alert that says why.
            _isRefused = handshake.Failure is not (TlsFailure.TimedOut or TlsFailure.PeerClosed or TlsFailure.Cancelled or TlsFailure.Internal);

            return false;
        }

        _client = handshake.Stream;
        Connection.Take(handshake.Stream, Listener.Tls!);
        HandshakeMs += (int)((Context.Loop.NowUs - IdleSinceUs) / 1000);
        IdleSinceUs = Context.Loop.NowUs;
        _isHttp2 = handshake.Stream.Alpn == "h2";
        return !_isHttp2;
    }

    // The request is not read, but is one that was refused like others.
    private void AnswerPlainText(in TlsHandshake handshake)
    {
        int sent = PlainTextAnswer.TrySend(_client, isHttp2: handshake.Failure == TlsFailure.PlainHttp2);
        Exchange x = Context.RentExchange();
        x.BeganUs = Context.Loop.NowUs;
        x.Error = ProxyError.BadRequest;
        x.Detail = handshake.Text;
        x.Status = sent > 0 ? x.Error.Status() : 0;
        x.ClientSend.Begin(Context.Loop.NowMs, Listener.BodyIdleMs, bytesPerSecond: 0);
        x.ClientSend.Moved(Math.Max(sent, 0), Context.Loop.NowMs);
        RequestEnd.Record(Context, this, x);
        Context.Return(x);
    }

    private async ResultFlow<bool> ServeAsync()
    {
        if (_exchange is null)
        {
            _exchange = Context.RentExchange();
            _exchange.In = Context.Loop.Buffers.TryRent(BufferSize.Small);
            if (_exchange.In is null)
            {
                Shed(_exchange);
                return false;
            }
        }

        Exchange x = _exchange;
        x.BeganUs = Context.Loop.NowUs;
        x.ClientSend.Begin(Context.Loop.NowMs, Listener.BodyIdleMs, Listener.SendMinRateBytesPerSecond);
        ParseStatus head = await HeadReceiver.ReceiveAsync(Context, this, x);
        if (head == ParseStatus.NeedMore)
        {
            // Woken for nothing.
            ReleaseExchange();
            return true;
        }

        if (head == ParseStatus.Error && _isFirst && !Connection.IsSecure && Http2Preface.Begins(x.In!.Span[..x.InEnd]))
        {
            _isHttp2 = true;
            return false;
        }

        _isFirst = false;
        if (head == ParseStatus.Done)
        {
            x.KeepClient = x.Request is { KeepAlive: true, Repair: RequestRepairs.None }
                && !IsDraining
                && Context.Loop.NowMs < _endsMs;
            Take(x);
            await GoOnAsync(x);
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
            await ErrorResponder.SendAsync(Context, this, x);
        }

        RequestEnd.Record(Context, this, x);
        HandshakeMs = 0;
        IdleSinceUs = Context.Loop.NowUs;
        bool keep = x.KeepClient && !x.ClientGone;
        if (keep)
        {
            PrepareNext(x);
        }

        return keep;
    }

    /// <summary>Turns the client away for want of memory, with what needs none. It is counted but not logged: its request is
    /// not read.</summary>
    private void Shed(Exchange x)
    {
        x.ClientGone = true;
        int sent = Client.TrySend(
            "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nretry-after: 1\r\nconnection: close\r\n\r\n"u8);
        View.Counters.RequestEnded(sent > 0 ? 503 : 0, ProxyError.Overload, 0, 0, Math.Max(sent, 0));
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

    /// <summary>Lets the connection go on as one of HTTP/2, with what came of it.</summary>
    private void BecomeHttp2()
    {
        NativeBuffer? received = _exchange?.In;
        int length = _exchange?.InEnd ?? 0;
        if (_exchange is not null)
        {
            _exchange.In = null;
            ReleaseExchange();
        }

        Context.Sessions.Remove(this);
        new Http2Session(Context, Connection, Client, HandshakeMs).RunAsync(received, length).Detach();
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
        Context.Return(x);
    }
}
