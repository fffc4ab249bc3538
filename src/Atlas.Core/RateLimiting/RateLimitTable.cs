using System.IO.Hashing;

namespace Atlas.Core.RateLimiting;

/// <summary>
/// The clients of one limit, shared by all workers: of fixed size, without locks, and no decision allocates.
/// <para>
/// A client is known by a hash of 128 bits with a seed that nobody outside knows: half of it picks a set of
/// <see cref="Ways"/> entries, the other half is the entry's mark. An entry whose theoretical arrival time has passed says what an absent
/// one says, so whoever comes next takes its place and nothing is lost. Only where all entries of a set are live does a new client
/// take one away, the one nearest to its end, which has used least of its burst. To get the entry of a client away that has used up its
/// burst, somebody would have to use up as many bursts of other clients as there are entries, without knowing which set is the
/// client's.
/// </para>
/// <para>
/// An entry is two words, a mark and a time, each changed by one atomic operation. Decisions on an entry that is there are exact on any
/// number of threads. When an entry passes from one client to another at the very moment at which it is counted in, that one
/// request may be counted for the other client, or for neither.
/// </para>
/// </summary>
public sealed class RateLimitTable
{
    /// <summary>Entries of a table unless asked for otherwise: 4 MiB, of which the system provides what is used.</summary>
    public const int DefaultEntries = 1 << 18;

    /// <summary>Bytes of an entry.</summary>
    public const int EntryBytes = Words * sizeof(long);

    /// <summary>Entries of a set: two cache lines.</summary>
    public const int Ways = 8;

    // A mark and a time.
    private const int Words = 2;

    // Loops read their clocks once per turn: the times of two workers differ by a turn, which never takes a second. What lies
    // further ahead than that beyond the burst is left of a time so long ago that the units have wrapped around since.
    private const long MaxSkewUs = 1_000_000;

    private readonly long[] _cells;
    private readonly long _seed;
    private readonly int _sets;
    private readonly long _furthest;

    /// <summary>An empty table.</summary>
    /// <param name="limit">What its clients may do.</param>
    /// <param name="seed">64 random bits.</param>
    /// <param name="entries">A power of two, <see cref="Ways"/> at least.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number of entries is no such number.</exception>
    public RateLimitTable(Gcra limit, long seed, int entries = DefaultEntries)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(entries, Ways);
        ArgumentOutOfRangeException.ThrowIfNotEqual(int.PopCount(entries), 1, nameof(entries));
        Limit = limit;
        _seed = seed;
        _sets = entries / Ways;
        _cells = new long[entries * Words];
        _furthest = limit.Capacity + (MaxSkewUs * limit.UnitsPerUs);
    }

    /// <summary>What its clients may do.</summary>
    public Gcra Limit { get; }

    /// <summary>How many clients it holds at most.</summary>
    public int Entries => _sets * Ways;

    /// <summary>A table with the same clients and another limit, which applies at once: who has used more than a burst of it gets its
    /// next request after an interval of it. Decisions of the old table during the call may be missing. O(entries).</summary>
    /// <param name="limit">The other limit.</param>
    /// <param name="nowUs">The time in microseconds.</param>
    public RateLimitTable With(Gcra limit, long nowUs)
    {
        var next = new RateLimitTable(limit, _seed, Entries);
        for (int i = 0; i < _cells.Length; i += Words)
        {
            long mark = Volatile.Read(ref _cells[i]);
            long arrival = Volatile.Read(ref _cells[i + 1]);
            if (mark != 0 && AheadOf(arrival, Limit.UnitsOf(nowUs)) > 0)
            {
                next._cells[i] = mark;
                next._cells[i + 1] = limit.ArrivalFrom(arrival, Limit, nowUs);
            }
        }

        return next;
    }

    /// <summary>Decides on a request and counts it if it may pass. Any thread.</summary>
    /// <param name="key">What the client is known by.</param>
    /// <param name="nowUs">The time in microseconds, of one clock for all threads.</param>
    /// <param name="hasEvicted">Whether a client that is not forgotten yet lost its entry to this one.</param>
    public RateDecision Decide(ReadOnlySpan<byte> key, long nowUs, out bool hasEvicted)
    {
        UInt128 hash = XxHash128.HashToUInt128(key, _seed);
        long mark = Math.Max(unchecked((long)(ulong)hash) & long.MaxValue, 1);
        int set = (int)((ulong)(hash >> 64) & (ulong)(_sets - 1)) * Ways * Words;
        hasEvicted = false;
        while (true)
        {
            int entry = Find(set, mark);
            if (entry < 0 && (entry = Enter(set, mark, nowUs, ref hasEvicted)) < 0)
            {
                continue;
            }

            ref long cell = ref _cells[entry + 1];
            long before = Volatile.Read(ref cell);
            long arrival = AheadOf(before, Limit.UnitsOf(nowUs)) == 0 ? Limit.UnitsOf(nowUs) : before;
            RateDecision decision = Limit.Decide(ref arrival, nowUs);
            if (!decision.IsAllowed || Interlocked.CompareExchange(ref cell, arrival, before) == before)
            {
                return decision;
            }
        }
    }

    // The place of a client's entry; -1: it has none.
    private int Find(int set, long mark)
    {
        for (int i = set; i < set + (Ways * Words); i += Words)
        {
            if (Volatile.Read(ref _cells[i]) == mark)
            {
                return i;
            }
        }

        return -1;
    }

    // Makes an entry for a client in the place of the one that says least. -1: others changed the set meanwhile.
    private int Enter(int set, long mark, long nowUs, ref bool hasEvicted)
    {
        long now = Limit.UnitsOf(nowUs);
        int place = set;
        long least = long.MaxValue;
        for (int i = set; i < set + (Ways * Words) && least > 0; i += Words)
        {
            long ahead = AheadOf(Volatile.Read(ref _cells[i + 1]), now);
            if (ahead < least)
            {
                (place, least) = (i, ahead);
            }
        }

        long old = Volatile.Read(ref _cells[place]);
        if (old == mark || Interlocked.CompareExchange(ref _cells[place], mark, old) != old)
        {
            return -1;
        }

        for (int i = set; i < set + (Ways * Words); i += Words)
        {
            if (i != place && Volatile.Read(ref _cells[i]) == mark)
            {
                // Another thread made one for the same client elsewhere. Both may find that and begin again; neither stays with two.
                Interlocked.CompareExchange(ref _cells[place], 0, mark);
                return -1;
            }
        }

        if (least > 0)
        {
            hasEvicted = true;
            Volatile.Write(ref _cells[place + 1], now);
        }

        return place;
    }

    // Units that a time lies ahead; 0: it has passed, or is of no time that can be.
    private long AheadOf(long arrival, long now)
    {
        long ahead = unchecked(arrival - now);
        return ahead > _furthest ? 0 : Math.Max(ahead, 0);
    }
}
