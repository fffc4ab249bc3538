using System.Numerics;

namespace Atlas.Engine.Timers;

/// <summary>A hierarchical timing wheel (Varghese and Lauck, "Hashed and Hierarchical Timing Wheels", 1987): six levels of
/// 64 slots, one millisecond at the lowest. Insert and remove are O(1); a bit per slot tells which hold timers, so that
/// finding the next one looks at six words however many are pending. Used by one thread.</summary>
public sealed class TimerWheel
{
    private const int SlotBits = 6;
    private const int Slots = 1 << SlotBits;
    private const int Levels = 6;

    // One slot of the highest level less than a round (about two years): a time a whole round ahead would share the slot
    // that the wheel stands in, which would never come up. What is due later is held here meanwhile and put in anew.
    private const long MaxAheadMs = (Slots - 1L) << (SlotBits * (Levels - 1));

    private readonly LoopTimer?[] _heads = new LoopTimer?[Levels * Slots];
    private readonly ulong[] _occupied = new ulong[Levels];
    private long _elapsedMs;

    // The first time for which a timer may still be set: past the running advance, so that a timer that sets itself again
    // for now gets its turn in the next one and can't hold the loop.
    private long _earliestMs;

    // The rest of a slot's list while one of its timers runs: its head may be removed by what runs.
    private LoopTimer? _parked;

    /// <summary>Makes a wheel that stands at a time.</summary>
    public TimerWheel(long nowMs)
    {
        _elapsedMs = nowMs;
        _earliestMs = nowMs;
    }

    /// <summary>Timers that the wheel holds, cleared ones that have not come up among them.</summary>
    public int Count { get; private set; }

    /// <summary>The time at which <see cref="Advance"/> has something to do, or <see cref="long.MaxValue"/>.
    /// It may be earlier than the first deadline (a higher level is then spread out), never later.</summary>
    public long NextMs()
    {
        return TryNext(out _, out _, out long atMs) ? atMs : long.MaxValue;
    }

    /// <summary>Timers that <see cref="Advance"/> touched so far: the work it did.</summary>
    internal long Touched { get; private set; }

    /// <summary>Calls what is due at <paramref name="nowMs"/>, in order of milliseconds; what is set meanwhile for then or
    /// earlier is due a millisecond later. A time before that of the last call does nothing.</summary>
    public void Advance(long nowMs)
    {
        _earliestMs = Math.Max(_earliestMs, nowMs + 1);
        while (TryNext(out int level, out int slot, out long atMs) && atMs <= nowMs)
        {
            _elapsedMs = Math.Max(_elapsedMs, atMs);
            LoopTimer? timer = TakeSlot(level, slot);
            while (timer is not null)
            {
                // A timer that runs may remove any other, so each is unlinked before it is called.
                _parked = timer.Next;
                Unlink(timer);
                Touched++;
                if (timer.WheelMs > _elapsedMs)
                {
                    Hold(timer, timer.WheelMs);
                }
                else
                {
                    timer.WheelMs = -1;
                    timer.Expire(_elapsedMs);
                }

                timer = _parked;
            }
        }

        _parked = null;
        _elapsedMs = Math.Max(_elapsedMs, nowMs);
        _earliestMs = _elapsedMs;
    }

    /// <summary>Puts in a timer that is set; what is past is due at the next advance.</summary>
    internal void Insert(LoopTimer timer, long atMs) => Hold(timer, Math.Max(atMs, _earliestMs));

    /// <summary>Puts in a timer for a time that may lie within the running advance.</summary>
    internal void Hold(LoopTimer timer, long atMs)
    {
        long held = Math.Min(atMs, _elapsedMs + MaxAheadMs);
        long differing = (_elapsedMs ^ held) | (Slots - 1);
        int level = Math.Min((63 - BitOperations.LeadingZeroCount((ulong)differing)) / SlotBits, Levels - 1);
        int slot = (int)(held >> (level * SlotBits)) & (Slots - 1);
        int index = (level * Slots) + slot;
        timer.WheelMs = held;
        timer.WheelSlot = index;
        timer.Previous = null;
        timer.Next = _heads[index];
        if (timer.Next is not null)
        {
            timer.Next.Previous = timer;
        }

        _heads[index] = timer;
        _occupied[level] |= 1UL << slot;
        Count++;
    }

    internal void Remove(LoopTimer timer)
    {
        int index = timer.WheelSlot;
        if (ReferenceEquals(_parked, timer))
        {
            _parked = timer.Next;
        }

        if (index >= 0 && ReferenceEquals(_heads[index], timer))
        {
            _heads[index] = timer.Next;
            if (timer.Next is null)
            {
                _occupied[index / Slots] &= ~(1UL << (index % Slots));
            }
        }

        Unlink(timer);
        timer.WheelMs = -1;
    }

    private LoopTimer? TakeSlot(int level, int slot)
    {
        int index = (level * Slots) + slot;
        LoopTimer? head = _heads[index];
        _heads[index] = null;
        _occupied[level] &= ~(1UL << slot);
        for (LoopTimer? timer = head; timer is not null; timer = timer.Next)
        {
            timer.WheelSlot = -1;
        }

        return head;
    }

    private void Unlink(LoopTimer timer)
    {
        if (timer.Previous is not null)
        {
            timer.Previous.Next = timer.Next;
        }

        if (timer.Next is not null)
        {
            timer.Next.Previous = timer.Previous;
        }

        timer.Next = null;
        timer.Previous = null;
        Count--;
    }

    private bool TryNext(out int level, out int slot, out long atMs)
    {
        for (level = 0; level < Levels; level++)
        {
            ulong occupied = _occupied[level];
            if (occupied == 0)
            {
                continue;
            }

            int shift = level * SlotBits;
            int nowSlot = (int)(_elapsedMs >> shift) & (Slots - 1);
            int distance = BitOperations.TrailingZeroCount(BitOperations.RotateRight(occupied, nowSlot));
            slot = (nowSlot + distance) & (Slots - 1);
            long rangeMs = 1L << (shift + SlotBits);
            atMs = (_elapsedMs & ~(rangeMs - 1)) + ((long)slot << shift);
            if (slot < nowSlot)
            {
                atMs += rangeMs;
            }

            atMs = Math.Max(atMs, _elapsedMs);
            return true;
        }

        slot = 0;
        atMs = long.MaxValue;
        return false;
    }
}
