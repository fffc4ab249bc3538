using Atlas.Engine.Buffers;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Engine.Workers;
using Atlas.Protocols.Http2;

namespace Atlas.Proxy.Http2;

/// <summary>What waits to be sent on an HTTP/2 connection. Frames of all streams lie one behind the other and leave together at the
/// end of the turn, or when the buffer is full. Where the peer takes no more, streams wait in turn.</summary>
internal sealed class Http2Output
{
    // Room below which a frame is not begun: small frames cost more than they carry.
    private const int MinRoom = 1_024;

    // Content goes through a small buffer: what a peer takes slowly must not hold a large one.
    private const int MaxData = BufferPool.SmallLength - (4 * MinRoom);

    private readonly Http2Channel _channel;
    private readonly Continuation _flush;
    private readonly Queue<Http2ByteStream> _waiting = new();
    private NativeBuffer? _buffer;
    private LoopWait? _allSent;
    private int _start;
    private int _end;
    private bool _willFlush;
    private bool _isBlocked;

    internal Http2Output(Http2Channel channel)
    {
        _channel = channel;
        _flush = Continuation.Of(FlushAtTurn);
    }

    internal int WriteData(Http2Stream frames, ReadOnlySpan<byte> bytes, bool isLast)
    {
        int taken = 0;
        while (taken < bytes.Length && TryMakeRoom(Math.Min(bytes.Length - taken, MaxData)))
        {
            int written = _channel.Frames.WriteData(frames, bytes[taken..], isLast, _buffer!.Span[_end..], out int consumed);
            if (written <= 0)
            {
                break;
            }

            _end += written;
            taken += consumed;
        }

        FlushSoon();
        return _channel.IsBroken ? -1 : taken;
    }

    internal bool TryEndData(Http2Stream frames)
    {
        int written = TryMakeRoom(0)
            ? _channel.Frames.WriteData(frames, default, endStream: true, _buffer!.Span[_end..], out _)
            : -1;
        return Wrote(written);
    }

    internal bool TryWriteHead(Http2Stream frames, ReadOnlySpan<byte> text, bool isLast)
    {
        int written = TryMakeRoom(text.Length) ? _channel.Frames.WriteHead(frames, text, isLast, _buffer!.Span[_end..]) : -1;
        return Wrote(written);
    }

    internal bool TryWriteTrailers(Http2Stream frames, ReadOnlySpan<byte> text)
    {
        int written = TryMakeRoom(text.Length) ? _channel.Frames.WriteTrailers(frames, text, _buffer!.Span[_end..]) : -1;
        return Wrote(written);
    }

    internal void AwaitRoom(Http2ByteStream stream)
    {
        if (_isBlocked && !stream.AwaitsRoom)
        {
            stream.AwaitsRoom = true;
            _waiting.Enqueue(stream);
        }
    }

    internal void FlushSoon()
    {
        if (!_willFlush)
        {
            _willFlush = true;
            _channel.Loop.Yield(_flush);
        }
    }

    /// <summary>Sends what waits, as far as the peer takes it.</summary>
    internal void Flush()
    {
        while (!_isBlocked && !_channel.IsBroken && (_end > _start || _channel.Frames.HasControl))
        {
            if (!TakeControl())
            {
                _channel.Break();
                return;
            }

            int sent = _channel.Transport.TrySend(_buffer!.Span[_start.._end]);
            if (sent < 0 && sent != ByteStream.WouldBlock)
            {
                _channel.Break();
                break;
            }

            _start += Math.Max(sent, 0);
            if (_start < _end)
            {
                _isBlocked = true;
                DrainAsync().Detach();
            }
            else
            {
                (_start, _end) = (0, 0);
            }
        }

        if (_end == _start || _channel.IsBroken)
        {
            _buffer?.Return();
            _buffer = null;
            (_start, _end) = (0, 0);
        }
    }

    /// <summary>Sends what waits, and waits until the peer has taken it, nothing can be sent any more or the time is over. Once, when
    /// nothing more is written.</summary>
    /// <param name="deadlineMs">The loop's time.</param>
    internal async Flow FlushAllAsync(long deadlineMs)
    {
        Flush();
        if (_isBlocked)
        {
            _allSent = new LoopWait(_channel.Loop);
            await _allSent.Begin(deadlineMs);
        }
    }

    private bool Wrote(int written)
    {
        _end += Math.Max(written, 0);
        FlushSoon();
        return written >= 0;
    }

    private void FlushAtTurn()
    {
        _willFlush = false;
        Flush();
        if (_channel.Frames.Error != Http2Error.None)
        {
            // It was found while something was written, and who reads does not know of it.
            _channel.Transport.CancelWaits();
        }
    }

    // What the connection itself has to say goes behind the frames at hand. False for want of memory.
    private bool TakeControl()
    {
        if (_channel.Frames.HasControl)
        {
            _buffer ??= _channel.Loop.Buffers.TryRent(BufferSize.Small);
            if (_buffer is null)
            {
                return false;
            }

            _end += _channel.Frames.TakeControl(_buffer.Span[_end..]);
        }

        return true;
    }

    // What the connection has to say goes before what streams have, and may itself take the room. False only while the peer takes no
    // more, so that streams are told when it does, or once nothing can be sent.
    private bool TryMakeRoom(int length)
    {
        int wanted = Math.Max(length + MinRoom, Http2Connection.RoomForHead(length));
        if (!TryRent(wanted) || !TakeControl())
        {
            _channel.Break();
        }
        else if (_buffer!.Length - _end < wanted && !_isBlocked)
        {
            Flush();
            if (!_channel.IsBroken && !TryRent(wanted))
            {
                _channel.Break();
            }
        }

        return !_channel.IsBroken && _buffer!.Length - _end >= MinRoom;
    }

    private bool TryRent(int length)
    {
        _buffer ??= _channel.Loop.Buffers.TryRent(length > BufferPool.SmallLength ? BufferSize.Large : BufferSize.Small);
        return _buffer is not null;
    }

    /// <summary>Waits for the peer to take what waits, and then lets streams go on.</summary>
    private async Flow DrainAsync()
    {
        while (_start < _end && !_channel.IsBroken)
        {
            WaitResult wait = await _channel.Transport.SendReadyAsync(_channel.Loop.NowMs + _channel.StallMs);
            if (wait == WaitResult.Cancelled && !_channel.IsBroken && !_channel.Transport.IsClosed)
            {
                _channel.Transport.ResetCancel();
                continue;
            }

            int sent = wait == WaitResult.Ready ? _channel.Transport.TrySend(_buffer!.Span[_start.._end]) : -1;
            if (sent < 0 && (sent != ByteStream.WouldBlock || wait != WaitResult.Ready))
            {
                _channel.Break();
                break;
            }

            _start += Math.Max(sent, 0);
        }

        _isBlocked = false;
        (_start, _end) = (0, 0);
        Flush();
        for (int waiting = _waiting.Count; waiting > 0 && !_isBlocked; waiting--)
        {
            Http2ByteStream stream = _waiting.Dequeue();
            stream.AwaitsRoom = false;
            stream.MaySend();
            stream.Tell();
        }

        if (!_isBlocked)
        {
            _allSent?.Resume(WaitResult.Ready);
        }
    }
}
