namespace Atlas.Core.Routing;

/// <summary>
/// Divides requests between pools by weight. It is a pure function of the weights and a point, so that every node and every
/// worker sends the same client to the same pool. Immutable.
/// </summary>
public sealed class SplitTable
{
    /// <summary>The largest weight.</summary>
    public const int MaxWeight = 65535;

    // The sum of the weights up to and with each pool.
    private readonly uint[] _ends;

    /// <summary>A split with these weights.</summary>
    /// <param name="weights">For each pool 0 to <see cref="MaxWeight"/>, at most 65536 of them and not all 0.</param>
    /// <exception cref="ArgumentException">The weights are not so.</exception>
    public SplitTable(ReadOnlySpan<int> weights)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(weights.Length, MaxWeight + 1, nameof(weights));
        _ends = new uint[weights.Length];
        uint sum = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)weights[i], (uint)MaxWeight, nameof(weights));
            sum += (uint)weights[i];
            _ends[i] = sum;
        }

        if (sum == 0)
        {
            throw new ArgumentException("At least one weight must be above 0.", nameof(weights));
        }
    }

    /// <summary>
    /// The pool for a point: pool i has exactly its weight's share of the 2^64 points, to within one point. A pool of weight 0
    /// has none. Where of two pools the second gets more weight and the sum stays, all points that it had stay with it, so
    /// that a growing canary keeps its clients. O(number of pools).
    /// </summary>
    /// <param name="point">Uniform over all values: a random number, or a hash of the client's key whose high bits are good.</param>
    /// <returns>The index of its weight.</returns>
    public int Choose(ulong point)
    {
        uint[] ends = _ends;

        // Scaled to 0 .. sum - 1 by a multiplication (Lemire 2019, "Fast Random Integer Generation in an Interval").
        uint place = (uint)Math.BigMul(point, ends[^1], out _);
        int pool = 0;
        while (place >= ends[pool])
        {
            pool++;
        }

        return pool;
    }
}
