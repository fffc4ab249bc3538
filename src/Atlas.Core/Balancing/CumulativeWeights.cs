namespace Atlas.Core.Balancing;

/// <summary>The members of a roster put end to end, each as long as its weight: the one at a place. Immutable.</summary>
internal sealed class CumulativeWeights
{
    private readonly int[] _members;
    private readonly long[] _ends;

    /// <summary>Puts members end to end. O(members).</summary>
    /// <param name="members">Their indexes in the pool, at least one.</param>
    /// <param name="weights">Their weights, each above 0.</param>
    internal CumulativeWeights(ReadOnlySpan<int> members, ReadOnlySpan<int> weights)
    {
        _members = members.ToArray();
        _ends = new long[members.Length];
        for (int i = 0; i < weights.Length; i++)
        {
            Total += weights[i];
            _ends[i] = Total;
        }
    }

    /// <summary>The sum of all weights.</summary>
    internal long Total { get; }

    /// <summary>The index of the member at a place from 0 to below <see cref="Total"/>. O(log members).</summary>
    internal int At(long place) => _members[Find(place)];

    /// <summary>Two different members: the first at a place from 0 to below <see cref="Total"/>, the second by its share among
    /// the rest. At least two members. O(log members).</summary>
    /// <param name="place">The first one's place.</param>
    /// <param name="point">Where among the rest, as a fraction of 2^64.</param>
    internal (int First, int Second) PairAt(long place, ulong point)
    {
        int first = Find(place);
        long end = _ends[first];
        long begin = first == 0 ? 0 : _ends[first - 1];
        long other = (long)Math.BigMul(point, (ulong)(Total - (end - begin)), out _);
        return (_members[first], _members[Find(other < begin ? other : other + (end - begin))]);
    }

    private int Find(long place)
    {
        int low = 0;
        int high = _ends.Length - 1;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (place < _ends[middle])
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }
}
