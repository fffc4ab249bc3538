using Atlas.Core.Balancing;
using Atlas.Core.Configuration;

namespace Atlas.Core.KernelForwarding;

/// <summary>
/// A roster as a table that the kernel looks new flows up in: every slot belongs to a server that takes new flows. Immutable.
/// <code>
///   round_robin           in turn, smooth: in a round of all slots each server has as many as its weight, to one in
///                         <see cref="MaxTurns"/> of all where the weights need longer rounds
///   random                at random, each server with exactly the share of its weight
///   ip_hash, consistent_hash, sticky by ip
///                         by client: a table of Maglev's over all servers with a weight; the slots of one that takes no flows
///                         move, each to a further choice, and no others do
///   first                 one slot
/// </code>
/// </summary>
public sealed class FlowSlots
{
    /// <summary>The longest round in turn, unless there are more servers than that.</summary>
    public const int MaxTurns = 2_048;

    // Primes, as Maglev needs. A hundred slots a server keep shares within 1 % (Eisenbud et al., NSDI 2016, 3.4), as far as a
    // table is small enough to be given to the kernel at each change; with the most servers, each still has four.
    private const int SmallHash = 1_021;
    private const int MediumHash = 4_093;
    private const int LargeHash = 16_381;
    private const int SlotsPerServer = 100;

    // With half of the servers usable, 1 slot in 65,536 has none of them among so many choices.
    private const int MaxChoices = 16;

    /// <summary>No server takes new flows.</summary>
    public static readonly FlowSlots None = new(FlowChoice.InTurn, 0, []);

    private FlowSlots(FlowChoice choice, int size, IReadOnlyList<SlotRun> runs)
    {
        Choice = choice;
        Size = size;
        Runs = runs;
    }

    /// <summary>How a flow's slot is found.</summary>
    public FlowChoice Choice { get; }

    /// <summary>How many slots there are; 0: no server takes new flows.</summary>
    public int Size { get; }

    /// <summary>The slots, ascending, none left out.</summary>
    public IReadOnlyList<SlotRun> Runs { get; }

    /// <summary>Whether the kernel can balance like this. It knows no load and no latency.</summary>
    public static bool CanBalance(BalanceAlgorithm algorithm) => algorithm is not (
        BalanceAlgorithm.LeastConnections or BalanceAlgorithm.LeastTime or BalanceAlgorithm.PowerOfTwo);

    /// <summary>Makes the table. O(slots × servers) at most, and some milliseconds.</summary>
    /// <param name="algorithm">How the pool balances.</param>
    /// <param name="roster">Who takes new flows.</param>
    /// <param name="servers">The pool's servers, in its order.</param>
    /// <param name="turn">Which table this is of a row of them: the kernel begins each at its first slot, and so that not always
    /// the same server has that one, each begins elsewhere in the round.</param>
    /// <exception cref="ArgumentException">The kernel cannot balance like this.</exception>
    public static FlowSlots Of(BalanceAlgorithm algorithm, Roster roster, IReadOnlyList<BalancedServer> servers, ulong turn)
    {
        if (roster.Members.IsEmpty)
        {
            return None;
        }

        return algorithm switch
        {
            BalanceAlgorithm.RoundRobin or BalanceAlgorithm.WeightedRoundRobin =>
                Table(FlowChoice.InTurn, Turned(Turns(roster), turn)),
            BalanceAlgorithm.First => Table(FlowChoice.InTurn, [roster.Members[0]]),
            BalanceAlgorithm.Random => Shares(roster),
            BalanceAlgorithm.IpHash or BalanceAlgorithm.ConsistentHash => Table(FlowChoice.ByClient, Hashed(roster, servers)),
            BalanceAlgorithm.LeastConnections or BalanceAlgorithm.PowerOfTwo or BalanceAlgorithm.LeastTime =>
                throw new ArgumentException($"the kernel does not balance by {algorithm}", nameof(algorithm)),
            _ => throw new ArgumentOutOfRangeException(nameof(algorithm)),
        };
    }

    /// <summary>The server of a slot, as its index in the pool. O(log runs).</summary>
    public int At(int slot)
    {
        int low = 0;
        int high = Runs.Count - 1;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            (low, high) = slot <= Runs[middle].Last ? (low, middle) : (middle + 1, high);
        }

        return Runs[low].Server;
    }

    private static FlowSlots Table(FlowChoice choice, int[] slots)
    {
        var runs = new List<SlotRun>();
        int first = 0;
        for (int slot = 1; slot <= slots.Length; slot++)
        {
            if (slot == slots.Length || slots[slot] != slots[first])
            {
                runs.Add(new SlotRun(first, slot - 1, slots[first]));
                first = slot;
            }
        }

        return new FlowSlots(choice, slots.Length, runs);
    }

    private static FlowSlots Shares(Roster roster)
    {
        int[] weights = TurnOrder.ReducedWeights(roster);
        var runs = new SlotRun[weights.Length];
        int next = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            runs[i] = new SlotRun(next, next + weights[i] - 1, roster.Members[i]);
            next += weights[i];
        }

        return new FlowSlots(FlowChoice.AtRandom, next, runs);
    }

    private static int[] Turns(Roster roster)
    {
        int[] weights = TurnOrder.ReducedWeights(roster);
        long total = weights.Sum(weight => (long)weight);
        if (total > Math.Max(MaxTurns, weights.Length))
        {
            weights = [.. weights.Select(weight => Math.Max(1, (int)((((long)weight * MaxTurns) + (total / 2)) / total)))];
        }

        return Array.TrueForAll(weights, weight => weight == weights[0])
            ? roster.Members.ToArray()
            : SmoothSequence.Of(roster.Members, weights);
    }

    private static int[] Turned(int[] turns, ulong turn)
    {
        int start = (int)Math.BigMul(Rotation.PointOf(turn), (ulong)turns.Length, out _);
        return [.. turns[start..], .. turns[..start]];
    }

    private static int[] Hashed(Roster roster, IReadOnlyList<BalancedServer> servers)
    {
        // The table is over all that have a weight, whatever their health, like that of ConsistentHash.
        bool backups = roster.Group == RosterGroup.Backup;
        int size = servers.Count * SlotsPerServer <= SmallHash ? SmallHash
            : servers.Count * SlotsPerServer <= MediumHash ? MediumHash
            : LargeHash;
        string[] names = [.. servers.Select(server => server.Name)];
        int[] weights = [.. servers.Select(server => server.IsBackup == backups ? server.Weight : 0)];
        var table = new Maglev(names, weights, size);
        int[] slots = new int[size];
        for (int slot = 0; slot < size; slot++)
        {
            slots[slot] = Usable(table.Slots, slot, roster, servers);
        }

        return slots;
    }

    private static int Usable(ReadOnlySpan<ushort> table, int slot, Roster roster, IReadOnlyList<BalancedServer> servers)
    {
        ulong key = KeyHash.Mix((ulong)slot + KeyHash.Golden);
        for (uint choice = 0; choice < MaxChoices; choice++)
        {
            int place = choice == 0 ? slot : (int)(KeyHash.Again(key, choice) % (ulong)table.Length);
            if (roster.Weights[table[place]] > 0)
            {
                return table[place];
            }
        }

        int highest = -1;
        ulong most = 0;
        foreach (int member in roster.Members)
        {
            ulong score = KeyHash.Mix(key ^ servers[member].NameHash);
            if (highest < 0 || score > most)
            {
                (highest, most) = (member, score);
            }
        }

        return highest;
    }
}
