using Atlas.Engine.Buffers;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;
using Atlas.Protocols.Http2;
using Atlas.Proxy.Errors;
using Atlas.Proxy.Http;

namespace Atlas.Proxy.Http2;

/// <summary>One request of an HTTP/2 connection and its response. Used again for the connection's next streams.</summary>
internal sealed class Http2Exchange : Downstream, IHttp2StreamOwner
{
    private readonly Http2Session _session;
    private readonly Http2ByteStream _stream;
    private Exchange? _exchange;
    // Of a head that is above the limits nothing is known; this one is above those that it is parsed with.
    private static readonly HttpLimits NoRoom = new(RequestLineBytes: 64, HeaderBytes: 1, HeaderCount: 1);

    private byte[] _trailers = [];
    private bool _isTooLarge;
    private bool _isTunnel;
    private int _trailersLength;

    internal Http2Exchange(WorkerContext context, ClientConnection connection, Http2Session session)
        : base(context, connection)
    {
        _session = session;
        _stream = new Http2ByteStream(session) { LosesOnReset = true };
    }

    /// <summary>Stands for a head that is above the limits.</summary>
    internal static ReadOnlySpan<byte> TooLargeHead => "GET / HTTP/1.1\r\nhost: too.large\r\n\r\n"u8;

    /// <inheritdoc/>
    public Http2ByteStream? Stream => _stream.IsClosed ? null : _stream;

    internal override ByteStream Client => _stream;

    internal override bool FramesBodies => true;

    internal override ReadOnlySpan<byte> ProtocolOf(RequestHead head) => "HTTP/2.0"u8;

    internal override bool IsDraining => false;

    internal override bool AsksForTunnel => _isTunnel;

    /// <summary>Where it is in its session's list.</summary>
    internal int Place { get; set; }

    /// <summary>Whether the head of its request takes a large buffer.</summary>
    internal bool HasLargeHead => _exchange?.In?.Size == BufferSize.Large;

    /// <summary>Whether a head takes a large buffer.</summary>
    internal static bool IsLarge(ReadOnlySpan<byte> head) => head.Length > BufferPool.SmallLength;

    /// <summary>Takes a request's head.</summary>
    /// <param name="frames">The stream.</param>
    /// <param name="head">The head as HTTP/1.1 has it.</param>
    /// <returns>False for want of memory.</returns>
    internal bool TryBegin(Http2Stream frames, ReadOnlySpan<byte> head)
    {
        _isTooLarge = head == TooLargeHead;
        NativeBuffer? buffer = Context.Loop.Buffers.TryRent(IsLarge(head) ? BufferSize.Large : BufferSize.Small);
        if (buffer is null)
        {
            return false;
        }

        head.CopyTo(buffer.Span);
        _exchange = Context.RentExchange();
        _exchange.In = buffer;
        _exchange.InEnd = head.Length;
        _exchange.BeganUs = Context.Loop.NowUs;
        HandshakeMs = _session.TakeHandshakeMs();
        IdleSinceUs = _exchange.BeganUs;
        _trailersLength = 0;
        _isTunnel = frames.IsTunnel;
        IsAborted = false;
        Tunnel = null;
        Listener = Owner.Snapshot;
        IsPeerTrusted = Listener.Trusts(Peer.Ip);
        _stream.Begin(frames);
        frames.Owner = this;
        return true;
    }

    /// <summary>Keeps the trailers of the request.</summary>
    internal void KeepTrailers(ReadOnlySpan<byte> trailers)
    {
        if (_trailers.Length < trailers.Length)
        {
            _trailers = new byte[trailers.Length];
        }

        trailers.CopyTo(_trailers);
        _trailersLength = trailers.Length;
    }

    /// <summary>Whether the client has taken the request back.</summary>
    internal bool WasReset => _stream.WasReset;

    /// <summary>Ends a request that was taken back before anything was done for it.</summary>
    internal void Drop()
    {
        Exchange x = _exchange!;
        x.Error = ProxyError.ClientClosed;
        x.Status = x.Error.Status();
        End(x);
    }

    /// <summary>Serves the request, to the end of its stream.</summary>
    internal async Flow RunAsync()
    {
        Exchange x = _exchange!;
        x.ClientSend.Begin(Context.Loop.NowMs, Listener.BodyIdleMs, Listener.SendMinRateBytesPerSecond);
        HttpLimits limits = _isTooLarge ? NoRoom : Listener.Limits;
        ParseStatus head = x.RequestParser.Parse(x.In!.Span[..x.InEnd], x.Request, limits, RequestRepairs.None);
        if (head == ParseStatus.Done)
        {
            x.KeepClient = true;
            Take(x);
            bool isTunnelToNobody = _isTunnel && (!x.Request.UpgradeRequested || x.Route?.Answer?.Status is >= 200 and < 300);
            x.Error = x.Error == ProxyError.None && isTunnelToNobody ? ProxyError.MethodNotAllowed : x.Error;
            await GoOnAsync(x);
        }
        else
        {
            x.Error = ProxyError.BadRequest;
        }

        if (x.Error != ProxyError.None)
        {
            x.Error = IsAborted ? ProxyError.ShuttingDown : x.Error;
            if (!IsMalformed(x))
            {
                await ErrorResponder.SendAsync(Context, this, x);
            }
        }

        End(x);
    }

    /// <summary>Ends it now, whatever it does: the deadline of a shutdown has passed.</summary>
    internal void Abort()
    {
        IsAborted = true;
        _stream.CancelWaits();
        _exchange?.Relay.CancelWaits();
    }

    internal override async ResultFlow<bool> SendHeadAsync(
        Exchange x, NativeBuffer head, int headLength, long bodyLength, NativeBuffer body, int start, int count)
    {
        bool isEnd = bodyLength == 0 || (x.Request.Method == HttpMethod.Head && bodyLength != AnotherHead);
        if (!isEnd && bodyLength > 0)
        {
            _stream.ExpectToSend(bodyLength);
        }

        if (_stream.Frames is { } frames)
        {
            // What is answered here costs next to nothing, and is not to pay for requests that servers get and clients take back.
            frames.IsServed = x.ResponseUs != 0;
        }

        while (!_stream.TrySendHead(head.Span[..headLength], isEnd))
        {
            if (!await WaitAsync(x))
            {
                return false;
            }
        }

        x.ClientSend.Moved(headLength, Context.Loop.NowMs);
        return _stream.HasEndedSending
            || (_stream.CanSend() && (count == 0 || await StreamWrites.SendAsync(_stream, x.ClientSend, body, start, count)));
    }

    internal override async ResultFlow<bool> EndBodyAsync(Exchange x)
    {
        if (x.Trailers.Count > 0)
        {
            NativeBuffer? text = Context.Loop.Buffers.TryRent(BufferSize.Small);
            int length = text is null ? -1 : ChunkFraming.WriteTrailers(text.Span, x.Up!.Span, x.Trailers, x.Hidden);
            bool sent = false;
            while (length >= 0 && !sent && !(sent = _stream.TrySendTrailers(text!.Span[..length])))
            {
                if (!await WaitAsync(x))
                {
                    break;
                }
            }

            text?.Return();
            x.Error = length < 0 ? ProxyError.Overload : x.Error;
            return length >= 0 && sent && _stream.HasEndedSending;
        }

        while (!_stream.TryEnd())
        {
            if (!await WaitAsync(x))
            {
                return false;
            }
        }

        return _stream.HasEndedSending;
    }

    internal override int TakeTrailers(Span<byte> destination)
    {
        ReadOnlySpan<byte> trailers = _trailers.AsSpan(0, _trailersLength);
        return trailers.TryCopyTo(destination) ? trailers.Length : 0;
    }

    // RFC 9113 8.1.1: what is malformed is an error of the stream, and is not answered.
    private bool IsMalformed(Exchange x)
    {
        bool isMalformed = x.HeadUs == 0 && x.Error == ProxyError.BadRequest && x.RequestParser.Error.StatusCode() == 400;
        if (isMalformed)
        {
            x.Status = 0;
            _stream.ResetCode = Http2ErrorCode.ProtocolError;
        }

        return isMalformed;
    }

    private async ResultFlow<bool> WaitAsync(Exchange x)
    {
        long beganMs = Context.Loop.NowMs;
        WaitResult wait = await _stream.SendReadyAsync(x.ClientSend.DeadlineMs(beganMs));
        x.ClientSend.Waited(Context.Loop.NowMs - beganMs);
        x.ClientSend.IsTooSlow = wait == WaitResult.TimedOut;
        return wait == WaitResult.Ready;
    }

    private void End(Exchange x)
    {
        RequestEnd.Record(Context, this, x);
        _exchange = null;
        x.In?.Return();
        x.In = null;
        Context.Return(x);
        if (_stream.HasEndedSending)
        {
            _stream.Close();
        }
        else
        {
            _stream.Abort();
        }

        _session.Ended(this);
    }
}
