using Atlas.Engine.Buffers;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;

namespace Atlas.Proxy.Stores;

/// <summary>What waits to be sent on a connection to Redis. Commands of one turn of the loop leave together at its end. They stay with
/// their calls until then, or until Redis takes more, and so those of a call that is given up meanwhile never leave. Bounded.</summary>
internal sealed class RedisOutput
{
    /// <summary>Bytes that may wait for Redis to take them: four calls of the largest size, or some thousand of usual ones.</summary>
    internal const int MaxQueued = 1 << 20;

    private readonly RedisConnection _connection;
    private readonly Continuation _flush;
    private readonly RedisQueue _unwritten = new();

    // All but the last are full.
    private readonly Queue<NativeBuffer> _buffers = new();

    // For what is just being added.
    private readonly Stack<NativeBuffer> _reserved = new();
    private NativeBuffer? _last;
    private int _start;
    private int _end;
    private int _unwrittenBytes;
    private long _flushedTo;
    private bool _willFlush;
    private bool _isBlocked;

    internal RedisOutput(RedisConnection connection)
    {
        _connection = connection;
        _flush = Continuation.Of(FlushAtTurn);
    }

    /// <summary>How many calls wait, of which nothing may have left.</summary>
    internal int Calls => _unwritten.Count;

    private static ReadOnlySpan<byte> Asking => "*1\r\n$6\r\nASKING\r\n"u8;

    private int Queued => _buffers.Count == 0 ? 0 : ((_buffers.Count - 1) * BufferPool.SmallLength) + _end - _start;

    /// <summary>Takes a call, to be sent at the end of the turn.</summary>
    /// <param name="call">It tells its connection before it changes.</param>
    /// <param name="isAsking">Whether it is for a slot that a cluster is moving here.</param>
    /// <returns>False: too much waits already.</returns>
    internal bool TryAdd(RedisCall call, bool isAsking)
    {
        int bytes = BytesOf(call, isAsking);
        if (Queued + _unwrittenBytes + bytes > MaxQueued)
        {
            return false;
        }

        _unwrittenBytes += bytes;
        _unwritten.Add(call, isAsking ? 1 : 0, sentMs: 0);
        if (!_willFlush)
        {
            _willFlush = true;
            _connection.Stream.Loop.Yield(_flush);
        }

        return true;
    }

    /// <summary>Nobody waits for a call any more of which nothing has left: nothing will.</summary>
    internal void Abandon(RedisCall call)
    {
        _unwrittenBytes -= BytesOf(call, _unwritten.At(call.Sequence).Skipped > 0);
        _unwritten.Abandon(call.Sequence);
        PassAbandoned();
    }

    /// <summary>Takes a call off that was not sent.</summary>
    /// <returns>Null: there is none.</returns>
    internal RedisCall? Take()
    {
        if (_unwritten.Count == 0)
        {
            return null;
        }

        RedisCall call = _unwritten.Oldest.Call!;
        _unwrittenBytes -= BytesOf(call, _unwritten.Oldest.Skipped > 0);
        _unwritten.RemoveOldest();
        PassAbandoned();
        return call;
    }

    /// <summary>Gives back what it holds.</summary>
    internal void Drop()
    {
        while (_buffers.TryDequeue(out NativeBuffer? buffer))
        {
            buffer.Return();
        }

        _last = null;
        (_start, _end) = (0, 0);
    }

    private bool TryReserve(int length)
    {
        int room = _last is null ? 0 : BufferPool.SmallLength - _end;
        for (; room < length; room += BufferPool.SmallLength)
        {
            NativeBuffer? buffer = _connection.Stream.Loop.Buffers.TryRent(BufferSize.Small);
            if (buffer is null)
            {
                while (_reserved.TryPop(out NativeBuffer? unused))
                {
                    unused.Return();
                }

                return false;
            }

            _reserved.Push(buffer);
        }

        return true;
    }

    private void Copy(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_last is null || _end == BufferPool.SmallLength)
            {
                _last = _reserved.Pop();
                _buffers.Enqueue(_last);
                _end = 0;
            }

            int count = Math.Min(bytes.Length, BufferPool.SmallLength - _end);
            bytes[..count].CopyTo(_last.Span[_end..]);
            bytes = bytes[count..];
            _end += count;
        }
    }

    private static int BytesOf(RedisCall call, bool isAsking) => call.SentBytes + (isAsking ? Asking.Length : 0);

    // The oldest is always somebody's.
    private void PassAbandoned()
    {
        while (_unwritten.Count > 0 && _unwritten.Oldest.Call is null)
        {
            _unwritten.RemoveOldest();
        }
    }

    private void FlushAtTurn()
    {
        _willFlush = false;
        Flush();
    }

    private void Flush()
    {
        NoteFlush();
        while (!_isBlocked && !_connection.IsBroken)
        {
            Write();
            if (!_buffers.TryPeek(out NativeBuffer? buffer))
            {
                return;
            }

            int end = buffer == _last ? _end : BufferPool.SmallLength;
            int sent = _connection.Stream.TrySend(buffer.Span[_start..end]);
            if (sent < 0 && sent != ByteStream.WouldBlock)
            {
                _connection.Break(RedisBreak.Lost);
                return;
            }

            _start += Math.Max(sent, 0);
            if (_start < end)
            {
                _isBlocked = true;
                DrainAsync().Detach();
                return;
            }

            _buffers.Dequeue();
            buffer.Return();
            _start = 0;
            if (buffer == _last)
            {
                _last = null;
                _end = 0;
            }
        }
    }

    // From now on it is not this worker that calls wait for.
    private void NoteFlush()
    {
        long place = Math.Max(_flushedTo, _unwritten.First);
        if (place < _unwritten.Next)
        {
            long nowMs = _connection.Stream.Loop.ReadMs();
            for (; place < _unwritten.Next; place++)
            {
                _unwritten.At(place).Call?.Flushed(nowMs);
            }

            _flushedTo = place;
        }
    }

    // No more than one send takes: what lies in a buffer leaves, whatever becomes of its call.
    private void Write()
    {
        while (_unwritten.Count > 0 && !_connection.IsBroken)
        {
            bool isAsking = _unwritten.Oldest.Skipped > 0;
            int bytes = BytesOf(_unwritten.Oldest.Call!, isAsking);
            if (Queued > 0 && Queued + bytes > BufferPool.SmallLength)
            {
                return;
            }

            RedisCall call = Take()!;
            if (TryReserve(bytes))
            {
                Copy(isAsking ? Asking : default);
                Copy(call.CommandsBeforeScript);
                Copy(call.ScriptBytes);
                Copy(call.CommandsBehindScript);
                _connection.Written(call, isAsking ? 1 : 0);
            }
            else
            {
                _connection.Refuse(call);
            }
        }
    }

    // Without a deadline of its own: the connection ends when its oldest call has waited for too long.
    private async Flow DrainAsync()
    {
        WaitResult wait = await _connection.Stream.SendReadyAsync();
        _isBlocked = false;
        if (wait == WaitResult.Ready)
        {
            Flush();
        }
    }
}
