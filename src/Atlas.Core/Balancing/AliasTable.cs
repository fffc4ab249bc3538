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
    private readonly Column[] _columns;

    /// <summary>Makes the table. O(weights).</summary>
    /// <param name="weights">The weights, at least one, each above 0.</param>
    internal AliasTable(ReadOnlySpan<int> weights)
    {
        _columns = new Column[weights.Length];
        foreach (int weight in weights)
        {
            _height += weight;
        }

        // Each member's weight times the columns: all columns together are as high as all members together.
        var low = new Stack<int>(weights.Length);
        var high = new Stack<int>(weights.Length);
        for (int i = 0; i < weights.Length; i++)
        {
            _columns[i] = new Column { Threshold = (long)weights[i] * weights.Length, Other = i };
            (_columns[i].Threshold < _height ? low : high).Push(i);
        }

        while (low.TryPop(out int column))
        {
            // Columns too low and members too high balance: while there are the former there are the latter.
            int other = high.Peek();
            _columns[column].Other = other;
            _columns[other].Threshold -= _height - _columns[column].Threshold;
            if (_columns[other].Threshold < _height)
            {
                low.Push(high.Pop());
            }
        }
    }

    /// <summary>Which weight was drawn, by its place among them.</summary>
    internal int Draw(ref Mixer random)
    {
        // One number gives both: the column, and by what is left of it the height, to one part in 2^64/weights.
        int place = (int)Math.BigMul(random.Next(), (ulong)_columns.Length, out ulong rest);
        ref readonly Column column = ref _columns[place];

        // All ones below the threshold, else zero: a branch on what is random is guessed wrong half of the time.
        int isOwn = (int)(((long)Math.BigMul(rest, (ulong)_height, out _) - column.Threshold) >> 63);
        return column.Other ^ ((column.Other ^ place) & isOwn);
    }

    /// <summary>How much of all columns belongs to a weight: what was given times the number of weights.</summary>
    internal long ShareOf(int place)
    {
        long share = 0;
        for (int column = 0; column < _columns.Length; column++)
        {
            long own = Math.Min(_columns[column].Threshold, _height);
            share += (column == place ? own : 0) + (_columns[column].Other == place ? _height - own : 0);
        }

        return share;
    }

    private struct Column
    {
        // Up to where it belongs to the member of its own place; what is left belongs to the other one.
        internal long Threshold;
        internal int Other;
    }
}
