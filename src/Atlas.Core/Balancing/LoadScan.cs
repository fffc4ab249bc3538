using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Atlas.Core.Balancing;

/// <summary>Finds the members of a roster that have the fewest requests for their weight, in blocks of eight
/// <see cref="LoadCells"/>. Immutable but for the cells.</summary>
internal sealed class LoadScan
{
    private readonly Stretch[] _stretches;

    // By cell of the stretches, one after the other. What is no member has limit 0: it is always full.
    private readonly int[] _members;
    private readonly int[] _limits;
    private readonly float[] _weights;

    /// <summary>Finds where the members' counters are. O(servers).</summary>
    internal LoadScan(Roster roster, BalancedServer[] servers)
    {
        // Blocks in the order of their first member: servers that came together are in one stretch.
        var places = new Dictionary<(LoadCells, int), int>();
        var stretches = new List<Stretch>();
        foreach (int member in roster.Members)
        {
            (LoadCells cells, int block) = (servers[member].Cells, servers[member].Cell / LoadCells.Block);
            if (!places.TryAdd((cells, block), places.Count * LoadCells.Block))
            {
                continue;
            }

            if (stretches.Count > 0 && stretches[^1].IsBefore(cells, block))
            {
                stretches[^1] = stretches[^1] with { Blocks = stretches[^1].Blocks + 1 };
            }
            else
            {
                stretches.Add(new Stretch(cells, block, Blocks: 1));
            }
        }

        _stretches = [.. stretches];
        _members = new int[places.Count * LoadCells.Block];
        _limits = new int[_members.Length];
        _weights = new float[_members.Length];
        int[] weights = TurnOrder.ReducedWeights(roster);
        for (int i = 0; i < weights.Length; i++)
        {
            BalancedServer server = servers[roster.Members[i]];
            int at = places[(server.Cells, server.Cell / LoadCells.Block)] + (server.Cell % LoadCells.Block);
            _members[at] = roster.Members[i];
            _limits[at] = server.MaxActive;
            _weights[at] = weights[i];
        }

        HasEqualWeights = Array.TrueForAll(weights, weight => weight == 1);
    }

    /// <summary>Whether all members have the same weight, which then counts as 1.</summary>
    internal bool HasEqualWeights { get; }

    /// <summary>Looks at all members that are not full. O(servers).</summary>
    internal LeastLoads FindLeast() => HasEqualWeights ? FindFewest() : FindLeastByWeight();

    /// <summary>The member at a place of those that tie, their weights put end to end.</summary>
    /// <returns>Its index in the pool; -1 if other requests have changed the loads meanwhile.</returns>
    internal int At(in LeastLoads least, int place)
    {
        for (int lane = 0; lane < LoadCells.Block; lane++)
        {
            if (place < least.TiesAt(lane))
            {
                return At(least, lane, place);
            }

            place -= least.TiesAt(lane);
        }

        return -1;
    }

    private int At(in LeastLoads least, int lane, int place)
    {
        int at = lane;
        foreach (Stretch stretch in _stretches)
        {
            ReadOnlySpan<int> active = stretch.Active;
            ReadOnlySpan<int> queued = stretch.Queued;
            for (int i = lane; i < active.Length; i += LoadCells.Block, at += LoadCells.Block)
            {
                if (active[i] < _limits[at] && (double)(active[i] + queued[i]) / _weights[at] <= least.Load)
                {
                    place -= (int)_weights[at];
                    if (place < 0)
                    {
                        return _members[at];
                    }
                }
            }
        }

        return -1;
    }

    private LeastLoads FindFewest()
    {
        var full = Vector256.Create(int.MaxValue);
        Vector256<int> least = full;
        Vector256<int> ties = default;
        int at = 0;
        foreach (Stretch stretch in _stretches)
        {
            ReadOnlySpan<int> active = stretch.Active;
            ReadOnlySpan<int> queued = stretch.Queued;
            ReadOnlySpan<int> limits = _limits.AsSpan(at, active.Length);
            for (int i = 0; i < active.Length; i += LoadCells.Block)
            {
                var busy = Vector256.Create(active[i..]);
                var hasRoom = Vector256.LessThan(busy, Vector256.Create(limits[i..]));
                var load = Vector256.ConditionalSelect(hasRoom, busy + Vector256.Create(queued[i..]), full);
                var isLess = Vector256.LessThan(load, least);
                var isSame = Vector256.Equals(load, least);
                ties = Vector256.ConditionalSelect(isLess, Vector256<int>.One, ties - isSame);
                least = Vector256.Min(load, least);
            }

            at += active.Length;
        }

        return LeastLoads.Of(least, ties);
    }

    private LeastLoads FindLeastByWeight()
    {
        var low = Vector256.Create(double.PositiveInfinity);
        Vector256<double> high = low;
        Vector256<double> lowTies = default;
        Vector256<double> highTies = default;
        int at = 0;
        foreach (Stretch stretch in _stretches)
        {
            ReadOnlySpan<int> active = stretch.Active;
            ReadOnlySpan<int> queued = stretch.Queued;
            ReadOnlySpan<int> limits = _limits.AsSpan(at, active.Length);
            ReadOnlySpan<float> weights = _weights.AsSpan(at, active.Length);
            for (int i = 0; i < active.Length; i += LoadCells.Block)
            {
                var busy = Vector256.Create(active[i..]);
                var hasRoom = Vector256.LessThan(busy, Vector256.Create(limits[i..]));
                var load = Vector256.ConvertToSingle(busy + Vector256.Create(queued[i..]));
                var weight = Vector256.Create(weights[i..]);
                Take(Vector256.WidenLower(load), Vector256.WidenLower(weight), Vector256.WidenLower(hasRoom), ref low, ref lowTies);
                Take(Vector256.WidenUpper(load), Vector256.WidenUpper(weight), Vector256.WidenUpper(hasRoom), ref high, ref highTies);
            }

            at += active.Length;
        }

        return LeastLoads.Of(low, high, lowTies, highTies);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Take(
        Vector256<double> load,
        Vector256<double> weight,
        Vector256<long> hasRoom,
        ref Vector256<double> least,
        ref Vector256<double> ties)
    {
        var full = Vector256.Create(double.PositiveInfinity);
        Vector256<double> quotient = Vector256.ConditionalSelect(hasRoom.AsDouble(), load / weight, full);
        var isLess = Vector256.LessThan(quotient, least);
        var isSame = Vector256.Equals(quotient, least);
        ties = Vector256.ConditionalSelect(isLess, weight, ties + (isSame & weight));
        least = Vector256.Min(quotient, least);
    }

    /// <summary>Blocks in a row.</summary>
    private readonly record struct Stretch(LoadCells Cells, int First, int Blocks)
    {
        internal ReadOnlySpan<int> Active => Cells.Active.AsSpan(First * LoadCells.Block, Blocks * LoadCells.Block);

        internal ReadOnlySpan<int> Queued => Cells.Queued.AsSpan(First * LoadCells.Block, Blocks * LoadCells.Block);

        internal bool IsBefore(LoadCells cells, int block) => ReferenceEquals(cells, Cells) && block == First + Blocks;
    }
}
