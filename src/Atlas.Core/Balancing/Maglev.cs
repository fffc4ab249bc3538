namespace Atlas.Core.Balancing;

/// <summary>
/// A lookup table from keys to servers, by the consistent hashing of Maglev (Eisenbud et al., NSDI 2016, section 3.4): every
/// server walks the slots in an order of its own, which its name gives, and the servers take free slots in turn, those of
/// greater weight more often. Each gets its share of the slots to within one, and few keys move when a server comes or goes.
/// It depends on names and weights only, not on the order of the servers. Immutable.
/// </summary>
public sealed class Maglev
{
    /// <summary>The most servers: a slot holds 16 bits.</summary>
    public const int MaxServers = ushort.MaxValue;

    // The paper's small table. Each of 1,024 servers still gets 64 slots.
    private const int SmallSize = 65_537;
    private const int LargestSmall = 1_024;

    // The greatest prime below 2^20: a hundred slots for each of 10,000 servers, as the paper advises.
    private const int LargeSize = 1_048_573;

    private const ushort Free = ushort.MaxValue;

    private readonly string[] _names;
    private readonly int[] _weights;
    private readonly ushort[] _slots;

    /// <summary>Builds the table. O(slots × log servers), and some milliseconds.</summary>
    /// <param name="names">The servers' names, all different, at most <see cref="MaxServers"/>.</param>
    /// <param name="weights">The servers' weights, in the same order; a server of weight 0 gets no slot. At least one is
    /// above 0.</param>
    public Maglev(ReadOnlySpan<string> names, ReadOnlySpan<int> weights)
        : this(names, weights, names.Length <= LargestSmall ? SmallSize : LargeSize)
    {
    }

    /// <summary>Builds a table of another size.</summary>
    /// <param name="names">The servers' names, as above.</param>
    /// <param name="weights">Their weights, as above.</param>
    /// <param name="size">The number of slots, a prime above the number of servers with a weight.</param>
    internal Maglev(ReadOnlySpan<string> names, ReadOnlySpan<int> weights, int size)
    {
        _names = names.ToArray();
        _weights = weights.ToArray();
        _slots = new ushort[size];
        Array.Fill(_slots, Free);
        Fill();
    }

    /// <summary>The number of slots, a prime.</summary>
    public int Size => _slots.Length;

    /// <summary>The server of a key, as its place among the names. O(1).</summary>
    public int Find(ulong key) => _slots[(int)Math.BigMul(key, (ulong)_slots.Length, out _)];

    /// <summary>Whether the table would be the same for these servers.</summary>
    public bool IsOf(ReadOnlySpan<string> names, ReadOnlySpan<int> weights) =>
        _weights.AsSpan().SequenceEqual(weights) && _names.AsSpan().SequenceEqual(names);

    /// <summary>The slots, each with the place of its server.</summary>
    internal ReadOnlySpan<ushort> Slots => _slots;

    private void Fill()
    {
        // A server's turns come at 0, 1.5/weight, 2.5/weight, ..., and at the same time in the order of the names. So no
        // server's turns depend on another, shares are rounded, and all get a slot however small their weight.
        int[] byName = [.. Enumerable.Range(0, _names.Length).Where(i => _weights[i] > 0)];
        Array.Sort(byName, (a, b) => string.CompareOrdinal(_names[a], _names[b]));
        Walk[] walks = [.. byName.Select(server => Walk.Of(_names[server], _slots.Length))];
        if (Array.TrueForAll(byName, server => _weights[server] == _weights[byName[0]]))
        {
            for (int turn = 0; turn < _slots.Length; turn++)
            {
                int rank = turn % byName.Length;
                TakeSlot(ref walks[rank], byName[rank]);
            }

            return;
        }

        var turns = new PriorityQueue<int, (double Time, int Rank)>(byName.Length);
        turns.EnqueueRange(Enumerable.Range(0, byName.Length).Select(rank => (rank, (0.0, rank))));
        for (int left = _slots.Length; left > 0; left--)
        {
            int rank = turns.Peek();
            TakeSlot(ref walks[rank], byName[rank]);
            turns.DequeueEnqueue(rank, ((walks[rank].Taken + 0.5) / _weights[byName[rank]], rank));
        }
    }

    private void TakeSlot(ref Walk walk, int server)
    {
        while (_slots[walk.Slot] != Free)
        {
            walk.Advance(_slots.Length);
        }

        _slots[walk.Slot] = (ushort)server;
        walk.Taken++;
    }

    /// <summary>A server's way through the slots: it comes to each once, since their number is a prime.</summary>
    private struct Walk
    {
        private int _skip;

        public int Slot { get; private set; }

        public int Taken { get; set; }

        public static Walk Of(string name, int size)
        {
            ulong hash = KeyHash.OfName(name);
            return new Walk
            {
                Slot = (int)(hash % (ulong)size),
                _skip = (int)(KeyHash.Again(hash, 1) % (ulong)(size - 1)) + 1,
            };
        }

        public void Advance(int size)
        {
            int next = Slot + _skip;
            Slot = next >= size ? next - size : next;
        }
    }
}
