using Atlas.Engine.Buffers;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;

namespace Atlas.Proxy.Stores;

/// <summary>What waits to be sent on a connection to Redis. Commands of one turn of the loop lie one behind the other and leave
/// together at its end. Bounded.</summary>
internal sealed class RedisOutput
{
    /// <summary>Bytes that may wait for Redis to take them: four calls of the largest size, or some thousand of usual ones.</summary>
    internal const int MaxQueued = 1 << 20;

    private readonly RedisConnection _connection;
    private readonly Continuation _flush;

    // All but the last are full.
    private readonly Queue<NativeBuffer> _buffers = new();

    // For what is just being added.
    private readonly Stack<NativeBuffer> _reserved = new();
    private NativeBuffer? _last;
    private int _start;
    private int _end;
    private bool _willFlush;
    private bool _isBlocked;

    internal RedisOutput(RedisConnection connection)
    {
        _connection = connection;
        _flush = Continuation.Of(FlushAtTurn);
    }

    private int Queued => _buffers.Count == 0 ? 0 : ((_buffers.Count - 1) * BufferPool.SmallLength) + _end - _start;

    /// <summary>Takes pieces that belong together, all or none.</summary>
    /// <returns>False: too much waits already, or there is no memory.</returns>
    internal bool TryAdd(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third, ReadOnlySpan<byte> fourth)
    {
        int length = first.Length + second.Length + third.Length + fourth.Length;
        if (Queued + length > MaxQueued || !TryReserve(length))
        {
            return false;
        }

        Copy(first);
        Copy(second);
        Copy(third);
        Copy(fourth);
        if (!_willFlush)
        {
            _willFlush = true;
            _connection.Stream.Loop.Yield(_flush);
        }

        return true;
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

    private void FlushAtTurn()
    {
        _willFlush = false;
        Flush();
    }

    private void Flush()
    {
        while (!_isBlocked && !_connection.IsBroken && _buffers.TryPeek(out NativeBuffer? buffer))
        {
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
