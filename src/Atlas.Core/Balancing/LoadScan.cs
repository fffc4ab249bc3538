using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Atlas.Core.Balancing;

/// <summary>Finds the members of a roster that have the fewest requests for their weight, in blocks of eight
/// <see cref="LoadCells"/>. Immutable but for the cells.</summary>
internal sealed class LoadScan
{
    // Both roundings of a load times an inverse, 2^-24 each, and that of the bound itself are within it by far.
    private const float Near = 1 + (1f / (1 << 20));

    // Looking at fewer cells twice costs more than it saves.
    private const int Few = 4 * LoadCells.Block;

    private readonly Stretch[] _stretches;

    // By cell of the stretches, one after the other. What is no member has limit 0: it is always full.
    private readonly int[] _members;
    private readonly int[] _limits;
    private readonly int[] _weights;
    private readonly float[] _inverses;

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
        _weights = new int[_members.Length];
        _inverses = new float[_members.Length];
        int[] weights = TurnOrder.ReducedWeights(roster);
        for (int i = 0; i < weights.Length; i++)
        {
            BalancedServer server = servers[roster.Members[i]];
            int at = places[(server.Cells, server.Cell / LoadCells.Block)] + (server.Cell % LoadCells.Block);
            _members[at] = roster.Members[i];
            _limits[at] = server.MaxActive;
            _weights[at] = weights[i];
            _inverses[at] = 1f / weights[i];
        }

        HasEqualWeights = Array.TrueForAll(weights, weight => weight == 1);
    }

    /// <summary>Whether all members have the same weight, which then counts as 1.</summary>
    internal bool HasEqualWeights { get; }

    /// <summary>Looks at all members that are not full. O(servers).</summary>
    internal LeastLoads FindLeast() => HasEqualWeights ? FindFewest() : _members.Length <= Few ? Divide(float.PositiveInfinity) : FindLeastByWeight();

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
                double load = active[i] + queued[i];
                if (active[i] < _limits[at] && load <= least.Load * _weights[at] * Near && load / _weights[at] <= least.Load)
                {
                    place -= _weights[at];
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

    // A product of eight lanes costs a fraction of two divisions of four: divided is only what may be the least.
    private LeastLoads FindLeastByWeight()
    {
        var full = Vector256.Create(float.PositiveInfinity);
        Vector256<float> least = full;
        Vector256<int> idle = default;
        int at = 0;
        foreach (Stretch stretch in _stretches)
        {
            ReadOnlySpan<int> active = stretch.Active;
            ReadOnlySpan<int> queued = stretch.Queued;
            ReadOnlySpan<int> limits = _limits.AsSpan(at, active.Length);
            ReadOnlySpan<int> weights = _weights.AsSpan(at, active.Length);
            ReadOnlySpan<float> inverses = _inverses.AsSpan(at, active.Length);
            for (int i = 0; i < active.Length; i += LoadCells.Block)
            {
                var busy = Vector256.Create(active[i..]);
                var hasRoom = Vector256.LessThan(busy, Vector256.Create(limits[i..]));
                Vector256<int> load = busy + Vector256.Create(queued[i..]);
                Vector256<float> quotient = Vector256.ConvertToSingle(load) * Vector256.Create(inverses[i..]);
                least = Vector256.Min(Vector256.ConditionalSelect(hasRoom.AsSingle(), quotient, full), least);
                idle += Vector256.Equals(load, Vector256<int>.Zero) & hasRoom & Vector256.Create(weights[i..]);
            }

            at += active.Length;
        }

        if (idle != Vector256<int>.Zero)
        {
            return LeastLoads.Idle(idle);
        }

        // Loads may have grown meanwhile, so that none is near any more.
        LeastLoads found = Divide(LeastLoads.Least(least) * Near);
        return found.Ties > 0 ? found : Divide(float.PositiveInfinity);
    }

    // Looks exactly at the blocks in which a load for its weight is about `near` or less.
    private LeastLoads Divide(float near)
    {
        var bound = Vector256.Create(near);
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
            ReadOnlySpan<int> weights = _weights.AsSpan(at, active.Length);
            ReadOnlySpan<float> inverses = _inverses.AsSpan(at, active.Length);
            for (int i = 0; i < active.Length; i += LoadCells.Block)
            {
                var busy = Vector256.Create(active[i..]);
                var load = Vector256.ConvertToSingle(busy + Vector256.Create(queued[i..]));
                if (!Vector256.LessThanOrEqualAny(load * Vector256.Create(inverses[i..]), bound))
                {
                    continue;
                }

                var hasRoom = Vector256.LessThan(busy, Vector256.Create(limits[i..]));
                var weight = Vector256.ConvertToSingle(Vector256.Create(weights[i..]));
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
