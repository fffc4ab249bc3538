using Atlas.Engine.Interop;
using Atlas.Engine.Streams;
using Atlas.Protocols.Http2;

namespace Atlas.Proxy.Http2;

/// <summary>The bodies of one HTTP/2 stream as a stream of bytes: what comes in DATA frames is received, what is sent goes out in
/// such. Used again for the connection's next streams.</summary>
internal sealed class Http2ByteStream(Http2Channel connection) : ByteStream(connection.Loop)
{
    private readonly ReceivedPieces _received = new(connection.Loop.Buffers);
    private Http2Stream? _frames;
    private long _left = long.MaxValue;

    // Bytes of heads, which come before those of the body and are no business of flow control.
    private int _headBytes;
    private bool _hasEnded;
    private bool _wasReset;
    private bool _mayReceive;
    private bool _maySend;
    private bool _endWaits;

    public override SocketAddress? LocalAddress => connection.Transport.LocalAddress;

    /// <summary>The stream's frames; null before it begins and after it ended.</summary>
    internal Http2Stream? Frames => _frames;

    /// <summary>Whether a reset takes back what came before it and was not received: a request that nobody wants any more needs no
    /// body, while a response may have come whole.</summary>
    internal bool LosesOnReset { get; init; }

    /// <summary>Why the stream is reset if it is closed before both sides have ended.</summary>
    internal Http2ErrorCode ResetCode { get; set; }

    /// <summary>Whether the stream was reset, or its connection broke.</summary>
    internal bool WasReset => _wasReset;

    /// <summary>What <see cref="ResetCode"/> is when a stream begins.</summary>
    internal Http2ErrorCode ResetsWith { get; init; } = Http2ErrorCode.InternalError;

    /// <summary>Why the stream is reset if it is closed when this side has ended and the peer has not.</summary>
    internal Http2ErrorCode LeavesWith { get; init; } = Http2ErrorCode.NoError;

    /// <summary>Whether the peer has ended its body.</summary>
    internal bool HasPeerEnded => _hasEnded;

    /// <summary>Whether this side has ended its body.</summary>
    internal bool HasEndedSending { get; private set; }

    /// <summary>Whether it is among those who are told when there is room.</summary>
    internal bool AwaitsRoom { get; set; }

    /// <summary>Whether there is news to tell once the frames at hand are read.</summary>
    internal bool IsMarked { get; private set; }

    /// <summary>Begins with a stream of the connection.</summary>
    internal void Begin(Http2Stream frames)
    {
        if (IsClosed)
        {
            Reopen();
        }

        _frames = frames;
        _left = long.MaxValue;
        ResetCode = ResetsWith;
        _headBytes = 0;
        _hasEnded = false;
        _wasReset = false;
        _mayReceive = false;
        _maySend = false;
        _endWaits = false;
        HasEndedSending = false;
        IsMarked = false;
    }

    /// <summary>Says how long the body is, so that its last bytes end the stream.</summary>
    internal void ExpectToSend(long bytes) => _left = bytes;

    public override int TryReceive(Span<byte> buffer)
    {
        int taken = _received.Take(buffer);
        if (taken > 0)
        {
            int ofHeads = Math.Min(taken, _headBytes);
            _headBytes -= ofHeads;
            if (_frames is not null && taken > ofHeads)
            {
                connection.Consumed(_frames, taken - ofHeads);
            }

            if (_received.Length == 0 && !_hasEnded && !_wasReset)
            {
                ReceiveDrained(foundNothing: false);
            }

            return taken;
        }

        // What has ended is whole: a reset after it only says that nothing more is wanted (RFC 9113 8.1).
        if (_hasEnded && !IsClosed)
        {
            ReceiveEnded();
            return 0;
        }

        if (_wasReset || IsClosed)
        {
            ReceiveEnded();
            return -Errno.ECONNRESET;
        }

        ReceiveDrained(foundNothing: true);
        return WouldBlock;
    }

    public override int TrySend(ReadOnlySpan<byte> bytes)
    {
        if (!CanSend() || HasEndedSending)
        {
            return -Errno.EPIPE;
        }

        bool isLast = bytes.Length >= _left;
        int sent = connection.WriteData(_frames!, bytes, isLast);
        if (sent < 0)
        {
            return -Errno.EPIPE;
        }

        _left -= sent;
        HasEndedSending = isLast && sent == bytes.Length;
        if (sent < bytes.Length)
        {
            SendFilled();
            connection.AwaitRoom(this);
        }

        return sent == 0 && bytes.Length > 0 ? WouldBlock : sent;
    }

    public override int TrySend(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        int sent = TrySend(first);
        if (sent < first.Length)
        {
            return sent;
        }

        int more = second.IsEmpty ? 0 : TrySend(second);
        return more < 0 ? sent : sent + more;
    }

    public override int Peek() => _received.Length > 0 ? 1 : _wasReset || IsClosed ? -Errno.ECONNRESET : _hasEnded ? 0 : WouldBlock;

    public override void ShutdownSend()
    {
        _endWaits = true;
        TryEnd();
    }

    /// <summary>Ends the body.</summary>
    /// <returns>False: there is no room now; the stream is told when there is. True is also said of a stream whose peer takes nothing
    /// any more (<see cref="CanSend"/>).</returns>
    internal bool TryEnd() => HasEndedSending || !CanSend() || Sent(connection.TryEndData(_frames!), isEnd: true);

    /// <summary>Sends a head.</summary>
    /// <param name="text">The head as HTTP/1.1 has it.</param>
    /// <param name="isEnd">Whether it is the whole message.</param>
    /// <returns>As <see cref="TryEnd"/>.</returns>
    internal bool TrySendHead(ReadOnlySpan<byte> text, bool isEnd) =>
        !CanSend() || Sent(connection.TryWriteHead(_frames!, text, isEnd), isEnd);

    /// <summary>Sends trailers, which end the message.</summary>
    /// <returns>As <see cref="TryEnd"/>.</returns>
    internal bool TrySendTrailers(ReadOnlySpan<byte> text) =>
        !CanSend() || Sent(connection.TryWriteTrailers(_frames!, text), isEnd: true);

    /// <summary>Whether the peer still takes what is sent.</summary>
    internal bool CanSend() => !_wasReset && !IsClosed && _frames is not null && !connection.IsBroken;

    /// <summary>Bytes came. They are told of by <see cref="Tell"/>.</summary>
    /// <returns>False for want of memory.</returns>
    internal bool Add(ReadOnlySpan<byte> bytes, bool isEnd)
    {
        if (IsClosed)
        {
            return true;
        }

        _hasEnded |= isEnd;
        _mayReceive = true;
        IsMarked = true;
        return _received.TryAdd(bytes);
    }

    /// <summary>A head came, which is received as bytes before those of the body. Told of by <see cref="Tell"/>.</summary>
    /// <returns>As <see cref="Add"/>.</returns>
    internal bool AddHead(ReadOnlySpan<byte> text, bool isEnd)
    {
        _headBytes += IsClosed ? 0 : text.Length;
        return Add(text, isEnd);
    }

    /// <summary>The peer, or a failure of the connection, ended it. Told of by <see cref="Tell"/>.</summary>
    internal void Reset()
    {
        if (LosesOnReset)
        {
            _received.Clear();
        }

        _wasReset = true;
        _mayReceive = true;
        IsMarked = true;
    }

    /// <summary>Sending may go on. Told of by <see cref="Tell"/>.</summary>
    internal void MaySend()
    {
        _maySend = true;
        IsMarked = true;
    }

    /// <summary>Tells whoever waits.</summary>
    internal void Tell()
    {
        IsMarked = false;
        if (IsClosed)
        {
            return;
        }

        bool maySend = _maySend;
        _maySend = false;
        if (_wasReset)
        {
            NoteBroken();
            SignalPeerClosed(reset: true);
            return;
        }

        if (_mayReceive)
        {
            _mayReceive = false;
            SignalReceive();
        }

        if (maySend && !IsClosed)
        {
            SignalSend();
        }

        if (maySend && _endWaits && !IsClosed)
        {
            TryEnd();
        }
    }

    // Making room may find the connection broken, which has told so by now: there is nothing to wait for then.
    private bool Sent(bool isWritten, bool isEnd)
    {
        HasEndedSending |= isWritten && isEnd;
        if (isWritten || !CanSend())
        {
            return true;
        }

        SendFilled();
        connection.AwaitRoom(this);
        return false;
    }

    /// <summary>The stream of frames has ended, and is another one soon.</summary>
    internal void Detach() => _frames = null;

    protected override void CloseCore(bool abort)
    {
        _received.Clear();
        Http2Stream? frames = _frames;
        _frames = null;
        if (frames is not null)
        {
            connection.Ended(frames, HasEndedSending && !abort ? LeavesWith : ResetCode);
        }
    }
}
