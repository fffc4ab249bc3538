namespace Atlas.Core.Balancing;

/// <summary>
/// Draws by weight in constant time: the alias method (Walker, An Efficient Method for Generating Discrete Random Variables
/// with General Distributions, 1977; the table as Vose, A Linear Algorithm for Generating Random Numbers with a Given
/// Distribution, 1991). As many columns as there are members, all of the same height, hold at most two members each: the
/// column's own below a threshold and another one above. In whole numbers, so that the shares are exact. Immutable.
/// </summary>
internal sealed class AliasTable
{
    private readonly long _height;
    private readonly long[] _thresholds;
    private readonly int[] _others;

    /// <summary>Makes the table. O(weights).</summary>
    /// <param name="weights">The weights, at least one, each above 0.</param>
    internal AliasTable(ReadOnlySpan<int> weights)
    {
        _thresholds = new long[weights.Length];
        _others = new int[weights.Length];
        foreach (int weight in weights)
        {
            _height += weight;
        }

        // Each member's weight times the columns: all columns together are as high as all members together.
        var low = new Stack<int>(weights.Length);
        var high = new Stack<int>(weights.Length);
        for (int i = 0; i < weights.Length; i++)
        {
            _others[i] = i;
            _thresholds[i] = (long)weights[i] * weights.Length;
            (_thresholds[i] < _height ? low : high).Push(i);
        }

        while (low.TryPop(out int column))
        {
            // Columns too low and members too high balance: while there are the former there are the latter.
            int other = high.Peek();
            _others[column] = other;
            _thresholds[other] -= _height - _thresholds[column];
            if (_thresholds[other] < _height)
            {
                low.Push(high.Pop());
            }
        }
    }

    /// <summary>Which weight was drawn, by its place among them.</summary>
    internal int Draw(ref Mixer random)
    {
        // One number gives both: the column, and by what is left of it the height, to one part in 2^64/weights.
        int column = (int)Math.BigMul(random.Next(), (ulong)_thresholds.Length, out ulong rest);
        return (long)Math.BigMul(rest, (ulong)_height, out _) < _thresholds[column] ? column : _others[column];
    }

    /// <summary>How much of all columns belongs to a weight: what was given times the number of weights.</summary>
    internal long ShareOf(int place)
    {
        long share = 0;
        for (int column = 0; column < _thresholds.Length; column++)
        {
            long own = Math.Min(_thresholds[column], _height);
            share += (column == place ? own : 0) + (_others[column] == place ? _height - own : 0);
        }

        return share;
    }
}
