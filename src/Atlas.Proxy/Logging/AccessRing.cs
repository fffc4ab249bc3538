using System.Runtime.InteropServices;

namespace Atlas.Proxy.Logging;

/// <summary>A ring of bytes between one producer and one consumer, both without locks. Lines lie in one piece: one that does
/// not fit before the ring's end begins at its start, and the rest before the end is skipped.</summary>
/// <remarks>
/// Positions only grow; the place in the ring is the position modulo the capacity. One field is enough to remember where the
/// skipped rest begins: the producer can skip again only after it has filled a whole ring more, for which the consumer must
/// have passed the first.
/// </remarks>
internal sealed class AccessRing
{
    private readonly byte[] _bytes;
    private readonly int _mask;
    private Cursors _cursors;
    private long _skipFrom = -1;

    /// <summary>Makes a ring.</summary>
    /// <param name="capacity">Bytes, a power of two.</param>
    internal AccessRing(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(int.PopCount(capacity), 1, nameof(capacity));

        // Not zeroed: pages that no line has reached take no memory.
        _bytes = GC.AllocateUninitializedArray<byte>(capacity, pinned: true);
        _mask = capacity - 1;
    }

    /// <summary>Whether the consumer has something to take. Any thread.</summary>
    internal bool IsEmpty => Volatile.Read(ref _cursors.Head) == Volatile.Read(ref _cursors.Tail);

    /// <summary>Room for a line; empty when there is none. Producer only.</summary>
    internal Span<byte> TryReserve(int bound)
    {
        long head = _cursors.Head;
        int left = _bytes.Length - (int)(head & _mask);
        int skip = left < bound ? left : 0;
        long end = head + skip + bound;
        if (end - _cursors.TailSeen > _bytes.Length)
        {
            _cursors.TailSeen = Volatile.Read(ref _cursors.Tail);
            if (end - _cursors.TailSeen > _bytes.Length)
            {
                return default;
            }
        }

        if (skip > 0)
        {
            Volatile.Write(ref _skipFrom, head);
        }

        _cursors.Reserved = head + skip;
        return _bytes.AsSpan((int)(_cursors.Reserved & _mask), bound);
    }

    /// <summary>Hands over what was written to the reserved room. Producer only.</summary>
    internal void Commit(int length) => Volatile.Write(ref _cursors.Head, _cursors.Reserved + length);

    /// <summary>The oldest bytes in one piece; it ends with a line. Consumer only.</summary>
    internal ReadOnlySpan<byte> Peek()
    {
        long tail = _cursors.Tail;
        long head = Volatile.Read(ref _cursors.Head);
        long end = (tail | (long)_mask) + 1;
        if (head >= end)
        {
            long skipFrom = Volatile.Read(ref _skipFrom);
            if (skipFrom == tail)
            {
                Volatile.Write(ref _cursors.Tail, end);
                tail = end;
                end = head;
            }
            else if (skipFrom > tail && skipFrom < end)
            {
                end = skipFrom;
            }
        }
        else
        {
            end = head;
        }

        return _bytes.AsSpan((int)(tail & _mask), (int)(end - tail));
    }

    /// <summary>Gives room back. Consumer only.</summary>
    /// <param name="count">At most the length of what <see cref="Peek"/> gave.</param>
    internal void Take(int count) => Volatile.Write(ref _cursors.Tail, _cursors.Tail + count);

    // The producer's and the consumer's fields on cache lines (pairs of 64 bytes are fetched together) of their own.
    [StructLayout(LayoutKind.Explicit, Size = 384)]
    private struct Cursors
    {
        [FieldOffset(128)]
        internal long Head;

        [FieldOffset(136)]
        internal long Reserved;

        [FieldOffset(144)]
        internal long TailSeen;

        [FieldOffset(256)]
        internal long Tail;
    }
}
