namespace Atlas.Core.Balancing;

/// <summary>
/// By the request's key: its first choice is the server that the pool's <see cref="Maglev"/> table names. The table is over
/// all servers with a weight, so while one cannot take requests (down, ejected, draining, full, or tried already) only its own
/// keys move, each to a further choice that another hash of the key gives, and they come back with it. Nodes that find the same
/// servers usable choose the same. Slow start changes no choices. A request without a key goes by its random bits.
/// <para>With a bound (Mirrokni, Thorup, Zadimoghaddam: Consistent Hashing with Bounded Loads, SODA 2018), a server also
/// passes on what would put it above so many percent of its share of the requests under way. The next choice is another hash,
/// not the neighbour, which would inherit all of it (Chen, Coleman, Shrivastava: Revisiting Consistent Hashing with Bounded
/// Loads, AAAI 2021).</para>
/// O(1) unless most servers are unusable or at their bound, then O(servers).
/// </summary>
public sealed class ConsistentHash : Balancer
{
    // With half of the servers usable, 1 key in 65,536 has none of them among so many choices.
    private const int MaxChoices = 16;

    // The requests under way are counted anew after picks for this part of the servers: so the average is off by at most a
    // sixteenth of a request, and a pick reads 16 servers on average.
    private const int PicksPerCount = 16;

    private readonly Maglev? _table;
    private readonly double _percent;
    private long _active;
    private int _picksSinceCount = int.MaxValue / 2;

    /// <summary>Hashes over a roster.</summary>
    /// <param name="roster">Who takes requests.</param>
    /// <param name="servers">The pool's servers, in its order.</param>
    /// <param name="table">The table of the roster's group; null where the roster has no members.</param>
    /// <param name="boundPercent">What of its share a server has under way at most, above 100; 0: no bound.</param>
    public ConsistentHash(Roster roster, BalancedServer[] servers, Maglev? table, int boundPercent)
        : base(roster, servers)
    {
        _table = table;
        _percent = boundPercent;
    }

    /// <inheritdoc/>
    protected override int Choose(in PickRequest request)
    {
        if (_table is null)
        {
            return -1;
        }

        ulong key = request.HasKey ? request.Key : request.Random;
        double bound = _percent == 0 ? double.PositiveInfinity : _percent * (Active() + 1);
        for (uint turn = 0; turn < MaxChoices; turn++)
        {
            int index = _table.Find(KeyHash.Again(key, turn));
            if (Roster.Weights[index] > 0 && MayTake(index, request) && IsWithin(index, bound))
            {
                return index;
            }
        }

        int highest = Highest(key, request, bound);
        return highest >= 0 ? highest : Highest(key, request, double.PositiveInfinity);
    }

    /// <summary>Whether a server has fewer requests than its share of the bound, which is that of all servers together in
    /// hundredths. The products are whole numbers, and exact below 2^53.</summary>
    private bool IsWithin(int index, double bound) =>
        100.0 * Roster.TotalWeight * Servers[index].Active < bound * Roster.Weights[index];

    /// <summary>The last choice, whose result does not depend on who else may take the key: rendezvous hashing (Thaler,
    /// Ravishankar 1998). Weights do not count. O(servers).</summary>
    private int Highest(ulong key, in PickRequest request, double bound)
    {
        int highest = -1;
        ulong most = 0;
        foreach (int index in Roster.Members)
        {
            ulong score = KeyHash.Mix(key ^ Servers[index].NameHash);
            if ((highest < 0 || score > most) && MayTake(index, request) && IsWithin(index, bound))
            {
                highest = index;
                most = score;
            }
        }

        return highest;
    }

    // Workers that count at the same time do it twice, which is right as well.
    private long Active()
    {
        if (Interlocked.Increment(ref _picksSinceCount) < Roster.Members.Length / PicksPerCount)
        {
            return Volatile.Read(ref _active);
        }

        long active = 0;
        foreach (int index in Roster.Members)
        {
            active += Servers[index].Active;
        }

        Volatile.Write(ref _active, active);
        Volatile.Write(ref _picksSinceCount, 0);
        return active;
    }
}
