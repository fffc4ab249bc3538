using Atlas.Engine.Buffers;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Protocols.Http;
using Atlas.Protocols.Http2;
using Atlas.Proxy.Errors;
using Atlas.Proxy.Http;
using Atlas.Proxy.Logging;
using Atlas.Proxy.Snapshots;

namespace Atlas.Proxy.Http2;

/// <summary>One client connection that speaks HTTP/2, from its preface to close. Its requests are exchanges like those of
/// HTTP/1.1, each by itself. While it idles it holds no buffer.</summary>
internal sealed class Http2Session : Http2Channel, IClientSession
{
    // How long clients that were told to go may open streams before they are told which is the last: what was on its way is served
    // (RFC 9113 6.8 has a round trip; Envoy's drain_timeout is 5 s).
    private const int LastCallMs = 5_000;

    // Requests at a time whose heads need a large buffer: a few bytes on the wire may make one.
    private const int MaxLargeHeads = 4;

    private readonly WorkerContext _context;
    private readonly ClientConnection _connection;
    private readonly List<Http2Exchange> _open = [];
    private readonly Stack<Http2Exchange> _free = new();
    private readonly List<Http2Exchange> _starting = [];
    private int _handshakeMs;
    private long _idleSinceMs;
    private long _endsMs;
    private long _lastCallMs = long.MaxValue;
    private bool _isLeaving;
    private bool _isAborted;
    private bool _endsWithLast;
    private bool _mayLinger;
    private bool _isOver;

    internal Http2Session(WorkerContext context, ClientConnection connection, ByteStream client, int handshakeMs)
        : base(client, Http2Role.Server, context.Http2(connection.Owner.Snapshot.Http2), connection.IsSecure)
    {
        _context = context;
        _connection = connection;
        _handshakeMs = handshakeMs;
        _idleSinceMs = context.Loop.NowMs;
        Frames.WebSocketKey = WebSocketKey(context.Loop.Random);
        int maxMs = Listener.MaxAgeMs;
        _endsMs = maxMs == int.MaxValue ? long.MaxValue : context.Loop.NowMs + maxMs + context.Jitter(maxMs / 10);
    }

    /// <inheritdoc/>
    public HttpListener Owner => _connection.Owner;

    /// <inheritdoc/>
    public IClientSession? Next { get; set; }

    /// <inheritdoc/>
    public IClientSession? Previous { get; set; }

    internal override int StallMs => Listener.BodyIdleMs;

    private HttpListenerSnapshot Listener => _connection.Owner.Snapshot;

    /// <summary>Serves the connection.</summary>
    /// <param name="received">What came already, which this returns; null: nothing.</param>
    /// <param name="length">Its bytes.</param>
    internal async Flow RunAsync(NativeBuffer? received, int length)
    {
        _context.Sessions.Add(this);
        _connection.View.Counters.Http2Began();
        if (Owner.IsDraining)
        {
            DrawEnd();
        }

        await ReadAsync(received, length);
        Flush();
        if (_open.Count == 0 && Frames.Error == Http2Error.None && !_isAborted)
        {
            // Responses that have ended here may not be with the client yet.
            await FlushAllAsync(Loop.NowMs + LingeringClose.MaxMs);
        }

        _mayLinger = !IsBroken && !_isAborted && !Transport.IsPeerClosed;
        Break();
        Frames.EndReceiving();
        ResetOpen();
        _isOver = true;
        if (_open.Count == 0)
        {
            FinishAsync().Detach();
        }
    }

    /// <inheritdoc/>
    public SocketAddress? LocalAddress => Transport.LocalAddress;

    /// <inheritdoc/>
    public bool MayWriteTo(AccessLog log)
    {
        foreach (Http2Exchange exchange in _open)
        {
            if (exchange.Listener.AccessLog.Any(writer => writer.Log == log))
            {
                return true;
            }
        }

        return Owner.IsDraining && Listener.AccessLog.Any(writer => writer.Log == log);
    }

    /// <inheritdoc/>
    public void Leave()
    {
        DrawEnd();
        Transport.CancelWaits();
    }

    /// <inheritdoc/>
    public void CloseWebSockets()
    {
        // A client that is gone ends its exchange at once.
        foreach (Http2Exchange exchange in _open.ToArray())
        {
            exchange.Tunnel?.Leave();
        }
    }

    /// <inheritdoc/>
    public void Abort(bool tunnels)
    {
        foreach (Http2Exchange exchange in _open.ToArray())
        {
            if (tunnels || exchange.Tunnel is null)
            {
                exchange.Abort();
            }
        }

        _endsWithLast = true;
        _isAborted |= tunnels || _open.Count == 0;
        if (_isAborted)
        {
            Break();
        }
    }

    /// <summary>Milliseconds that the handshakes before the connection's first request took; 0 for later requests.</summary>
    internal int TakeHandshakeMs()
    {
        int ms = _handshakeMs;
        _handshakeMs = 0;
        return ms;
    }

    /// <summary>An exchange has ended.</summary>
    internal void Ended(Http2Exchange exchange)
    {
        _connection.View.Counters.StreamEnded();

        // The last takes its place: among a hundred, a search for each would cost more than all else here.
        Http2Exchange last = _open[^1];
        _open[exchange.Place] = last;
        last.Place = exchange.Place;
        _open.RemoveAt(_open.Count - 1);
        _free.Push(exchange);
        _idleSinceMs = Loop.NowMs;
        if (_open.Count > 0)
        {
            return;
        }

        if (_isOver)
        {
            FinishAsync().Detach();
        }
        else if (_endsWithLast)
        {
            _isAborted = true;
            Break();
        }
        else if (Frames.IsDrained)
        {
            // It waits for nothing any more, but does not know.
            Transport.CancelWaits();
        }
    }

    /// <inheritdoc/>
    public override void OnRequest(Http2Stream stream, ReadOnlySpan<byte> head, bool endStream)
    {
        Http2Exchange exchange = _free.TryPop(out Http2Exchange? free) ? free : new Http2Exchange(_context, _connection, this);
        if ((Http2Exchange.IsLarge(head) && _open.Count(open => open.HasLargeHead) >= MaxLargeHeads) || !exchange.TryBegin(stream, head))
        {
            _free.Push(exchange);
            _connection.View.Counters.RequestEnded(0, ProxyError.Overload, 0, 0, 0);
            Frames.Reset(stream, Http2ErrorCode.RefusedStream);
            return;
        }

        _connection.View.Counters.StreamBegan();
        exchange.Place = _open.Count;
        _open.Add(exchange);
        _starting.Add(exchange);
        if (endStream)
        {
            ((IHttp2Handler)this).OnData(stream, default, endStream: true);
        }
    }

    /// <inheritdoc/>
    public override void OnResponse(Http2Stream stream, ReadOnlySpan<byte> head, bool endStream) =>
        throw new InvalidOperationException("a server gets no responses");

    /// <inheritdoc/>
    public override void OnHeadTooLarge(Http2Stream stream, bool endStream) =>
        OnRequest(stream, Http2Exchange.TooLargeHead, endStream);

    /// <inheritdoc/>
    public override void OnTrailers(Http2Stream stream, ReadOnlySpan<byte> section)
    {
        if (stream.Owner is not Http2Exchange { Stream: { } bytes } exchange)
        {
            return;
        }

        if (section.Length > HttpLimits.Trailers.HeaderBytes)
        {
            Note(bytes);
            bytes.Reset();
            Frames.Reset(stream, Http2ErrorCode.EnhanceYourCalm);
        }
        else
        {
            exchange.KeepTrailers(section);
            ((IHttp2Handler)this).OnData(stream, default, endStream: true);
        }
    }

    /// <inheritdoc/>
    public override void OnRefused(int streamId, Http2Error reason) =>
        _connection.View.Counters.RequestEnded(0, ProxyError.BadRequest, 0, 0, 0);

    /// <inheritdoc/>
    public override void OnUnpaidReset()
    {
        // A proxy before this one has the resets of all its clients.
        if (!Listener.Trusts(_connection.Peer.Ip) && _context.Resets.Exceeds(_connection.Peer.Ip, Loop.NowMs))
        {
            Frames.EndForClientResets();
        }
    }

    /// <inheritdoc/>
    public override void OnGoAway(int lastStreamId, Http2ErrorCode code)
    {
        // Its requests under way are served; it opens no more by itself.
    }

    protected override void FramesRead()
    {
        // Each may end at once, and the list is used again by whatever that brings.
        for (int i = 0; i < _starting.Count; i++)
        {
            if (_starting[i].WasReset)
            {
                // Within the same bytes: no server hears of it.
                _starting[i].Drop();
            }
            else
            {
                _starting[i].RunAsync().Detach();
            }
        }

        _starting.Clear();
    }

    // While streams are open it looks from time to time whether that has changed.
    protected override long DeadlineMs()
    {
        long deadlineMs = Math.Min(_isLeaving ? _lastCallMs : _endsMs, PartialSinceMs == 0 ? long.MaxValue : PartialSinceMs + Listener.HeadersMs);
        return Math.Min(deadlineMs, (_open.Count > 0 ? Loop.NowMs : _idleSinceMs) + Listener.IdleMs);
    }

    protected override bool GoesOn(WaitResult wait)
    {
        if (_isAborted || Transport.IsClosed)
        {
            return false;
        }

        Transport.ResetCancel();
        long nowMs = Loop.NowMs;
        if (PartialSinceMs != 0 && nowMs >= PartialSinceMs + Listener.HeadersMs)
        {
            GoAway(Http2ErrorCode.EnhanceYourCalm);
            return false;
        }

        if (_open.Count == 0 && (nowMs >= _lastCallMs || nowMs >= _idleSinceMs + Listener.IdleMs))
        {
            GoAway(Http2ErrorCode.NoError);
            return false;
        }

        if (nowMs >= _lastCallMs)
        {
            // Those under way are served, and no others.
            GoAway(Http2ErrorCode.NoError);
            _lastCallMs = long.MaxValue;
        }
        else if (nowMs >= _endsMs && !_isLeaving)
        {
            _isLeaving = true;
            _lastCallMs = nowMs + LastCallMs;
            Frames.AnnounceGoAway();
            Flush();
        }

        return true;
    }

    // Once.
    private void DrawEnd()
    {
        if (!_isLeaving && _endsMs > Loop.NowMs + Owner.CloseSpreadMs)
        {
            _endsMs = Loop.NowMs + _context.Below(Owner.CloseSpreadMs);
        }
    }

    private async Flow FinishAsync()
    {
        if (_mayLinger)
        {
            // Else what the client still sends is answered with a reset, which may destroy the GOAWAY on its way.
            Transport.ResetCancel();
            await LingeringClose.RunAsync(Transport);
        }

        _connection.View.Counters.Http2Ended(Frames.Error, Frames.Flood);
        _connection.EndOrigin();
        _context.Sessions.Remove(this);
        _connection.View.SessionClosed();
        _context.ForgetIfDrained(Owner, _connection.View);
        if (_isAborted)
        {
            Transport.Abort();
        }
        else
        {
            Transport.Close();
        }

        _connection.End(_context, Transport);
    }

    // Servers of HTTP/1.1 want one; it proves nothing (RFC 6455 1.3), and so serves all tunnels of the connection.
    private static byte[] WebSocketKey(Random random)
    {
        Span<byte> nonce = stackalloc byte[16];
        random.NextBytes(nonce);
        return System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String(nonce));
    }

    private void ResetOpen()
    {
        foreach (Http2Exchange exchange in _open.ToArray())
        {
            if (exchange.Stream is { } stream)
            {
                stream.Reset();
                stream.Tell();
            }
        }
    }
}
