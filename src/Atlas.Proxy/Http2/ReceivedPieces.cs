using Atlas.Engine.Buffers;

namespace Atlas.Proxy.Http2;

/// <summary>Bytes of one stream that came and were not taken yet, in buffers of their loop. What a stream may be sent ahead bounds
/// them (RFC 9113 5.2).</summary>
internal sealed class ReceivedPieces(BufferPool buffers)
{
    private readonly Queue<NativeBuffer> _full = new();
    private NativeBuffer? _last;
    private int _lastEnd;

    // The first byte of the oldest buffer that was not taken.
    private int _start;

    /// <summary>Bytes at hand.</summary>
    internal int Length { get; private set; }

    /// <summary>Adds bytes behind those at hand.</summary>
    /// <returns>False for want of memory; then a part may have been added.</returns>
    internal bool TryAdd(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            if (_last is not null && _lastEnd == _last.Length)
            {
                _full.Enqueue(_last);
                _last = null;
            }

            if (_last is null)
            {
                _last = buffers.TryRent(BufferSize.Small);
                _lastEnd = 0;
                if (_last is null)
                {
                    return false;
                }
            }

            int count = Math.Min(bytes.Length, _last.Length - _lastEnd);
            bytes[..count].CopyTo(_last.Span[_lastEnd..]);
            _lastEnd += count;
            Length += count;
            bytes = bytes[count..];
        }

        return true;
    }

    /// <summary>Takes the oldest bytes.</summary>
    /// <returns>How many; 0: there are none.</returns>
    internal int Take(Span<byte> destination)
    {
        int taken = 0;
        while (taken < destination.Length && Length > 0)
        {
            NativeBuffer first = _full.TryPeek(out NativeBuffer? full) ? full : _last!;
            int end = full is null ? _lastEnd : first.Length;
            int count = Math.Min(destination.Length - taken, end - _start);
            first.Span.Slice(_start, count).CopyTo(destination[taken..]);
            taken += count;
            _start += count;
            Length -= count;
            if (_start == end)
            {
                _start = 0;
                ReturnFirst(full);
            }
        }

        return taken;
    }

    /// <summary>Gives all buffers back; what is at hand is lost.</summary>
    internal void Clear()
    {
        while (_full.TryDequeue(out NativeBuffer? buffer))
        {
            buffer.Return();
        }

        _last?.Return();
        _last = null;
        _start = 0;
        Length = 0;
    }

    private void ReturnFirst(NativeBuffer? full)
    {
        if (full is not null)
        {
            _full.Dequeue().Return();
        }
        else
        {
            _last!.Return();
            _last = null;
        }
    }
}
