namespace Atlas.Core.Health;

/// <summary>
/// How many of the requests of late failed, and whether those came from more than one client: a ring of <see cref="CellCount"/>
/// cells, each for a span of time. Any thread may add and read, without locks.
/// <code>
///   counts    stamp 28 | total 18 | failures 18
///   clients   stamp 28 | unused 3 | several 1 | first client's key 32
/// </code>
/// A cell is two words, each with the number of its span, and each is changed by one compare-and-swap: whoever finds the stamp
/// of another span begins anew, and nobody has to clear a cell. Stamps wrap after 2^28 spans (8 years of 1 s); a cell that saw
/// nothing for exactly so long counts for one window more.
/// </summary>
internal sealed class OutcomeWindow
{
    /// <summary>Cells of a window.</summary>
    internal const int CellCount = 10;

    private const int CountBits = 18;
    private const int StampBits = 28;
    private const ulong MaxCount = (1UL << CountBits) - 1;
    private const ulong StampMask = (1UL << StampBits) - 1;
    private const int StampShift = 64 - StampBits;
    private const ulong SeveralBit = 1UL << 32;

    private readonly ulong[] _counts = new ulong[CellCount];
    private readonly ulong[] _clients = new ulong[CellCount];
    private readonly long _cellMs;

    /// <summary>An empty window.</summary>
    /// <param name="cellMs">Milliseconds of a cell, at least 1. The window is the present cell and the nine before it.</param>
    internal OutcomeWindow(int cellMs) => _cellMs = cellMs;

    /// <summary>Counts a request that did not fail.</summary>
    /// <param name="nowMs">Milliseconds of a monotonic clock, from 0; threads may differ by less than a window.</param>
    internal void AddSuccess(long nowMs) => Count(nowMs, failures: 0);

    /// <summary>Counts a request that failed.</summary>
    /// <param name="nowMs">As for successes.</param>
    /// <param name="clientKey">A hash of who asked.</param>
    internal void AddFailure(long nowMs, uint clientKey)
    {
        Count(nowMs, failures: 1);
        ref ulong word = ref _clients[IndexOf(nowMs)];
        ulong stamp = StampOf(nowMs);
        while (true)
        {
            ulong seen = Volatile.Read(ref word);
            ulong next = StampOf(seen) != stamp ? (stamp << StampShift) | clientKey
                : (uint)seen == clientKey ? seen
                : seen | SeveralBit;
            if (next == seen || IsOlder(stamp, seen) || Interlocked.CompareExchange(ref word, next, seen) == seen)
            {
                return;
            }
        }
    }

    /// <summary>What the window holds. O(1).</summary>
    internal (long Total, long Failures, bool FromSeveral) Read(long nowMs)
    {
        ulong stamp = StampOf(nowMs);
        long total = 0;
        long failures = 0;
        bool several = false;
        long first = -1;
        for (int i = 0; i < CellCount; i++)
        {
            ulong counts = Volatile.Read(ref _counts[i]);
            if (IsWithin(stamp, counts))
            {
                total += (long)((counts >> CountBits) & MaxCount);
                failures += (long)(counts & MaxCount);
            }

            ulong clients = Volatile.Read(ref _clients[i]);
            if (IsWithin(stamp, clients))
            {
                several |= (clients & SeveralBit) != 0 || (first >= 0 && first != (uint)clients);
                first = (uint)clients;
            }
        }

        return (total, failures, several);
    }

    /// <summary>Forgets everything; what other threads add meanwhile may or may not stay.</summary>
    internal void Clear()
    {
        for (int i = 0; i < CellCount; i++)
        {
            Volatile.Write(ref _counts[i], 0);
            Volatile.Write(ref _clients[i], 0);
        }
    }

    private void Count(long nowMs, ulong failures)
    {
        ref ulong word = ref _counts[IndexOf(nowMs)];
        ulong stamp = StampOf(nowMs);
        while (true)
        {
            ulong seen = Volatile.Read(ref word);
            if (IsOlder(stamp, seen))
            {
                return;
            }

            ulong total = 0;
            ulong failed = 0;
            if (StampOf(seen) == stamp)
            {
                total = (seen >> CountBits) & MaxCount;
                failed = seen & MaxCount;
            }

            // A full cell is halved: the share stays, and what comes next still counts.
            int half = total == MaxCount ? 1 : 0;
            ulong next = (stamp << StampShift) | (((total >> half) + 1) << CountBits) | ((failed >> half) + failures);
            if (Interlocked.CompareExchange(ref word, next, seen) == seen)
            {
                return;
            }
        }
    }

    private int IndexOf(long nowMs) => (int)(nowMs / _cellMs % CellCount);

    // Above 0, which is what an unused word has.
    private ulong StampOf(long nowMs) => ((ulong)(nowMs / _cellMs) + CellCount) & StampMask;

    private static ulong StampOf(ulong word) => word >> StampShift;

    /// <summary>Whether the word's span is one of the window that ends with <paramref name="stamp"/>. A thread whose clock is
    /// behind sees what is ahead of it too.</summary>
    private static bool IsWithin(ulong stamp, ulong word)
    {
        ulong age = (stamp - StampOf(word)) & StampMask;
        return word != 0 && (age < CellCount || age > StampMask - CellCount);
    }

    /// <summary>Whether the word has gone on to a later span.</summary>
    private static bool IsOlder(ulong stamp, ulong word) =>
        word != 0 && ((StampOf(word) - stamp) & StampMask) is > 0 and <= CellCount;
}
