using System.Runtime.Intrinsics;

namespace Atlas.Core.Balancing;

/// <summary>What a <see cref="LoadScan"/> found: the least load for its weight, and the weights of the servers that have it,
/// added up for each place in a block.</summary>
internal readonly struct LeastLoads
{
    private readonly Vector256<int> _ties;

    private LeastLoads(double load, Vector256<int> ties)
    {
        Load = load;
        _ties = ties;
        Ties = Vector256.Sum(ties);
    }

    /// <summary>No server has room.</summary>
    internal static LeastLoads None => new(double.PositiveInfinity, Vector256<int>.Zero);

    /// <summary>The least load for its weight.</summary>
    internal double Load { get; }

    /// <summary>The sum of the weights of those that have it; 0: no server has room.</summary>
    internal int Ties { get; }

    /// <summary>Those that have nothing to do.</summary>
    /// <param name="ties">The sum of their weights, by place in a block.</param>
    internal static LeastLoads Idle(Vector256<int> ties) => new(0, ties);

    /// <summary>The least of eight loads for their weights.</summary>
    internal static float Least(Vector256<float> loads)
    {
        var half = Vector128.Min(loads.GetLower(), loads.GetUpper());
        half = Vector128.Min(half, Vector128.Shuffle(half, Vector128.Create(2, 3, 0, 1)));
        return Math.Min(half[0], half[1]);
    }

    /// <summary>Adds up counts.</summary>
    /// <param name="counts">The least at each place of a block; <see cref="int.MaxValue"/>: none.</param>
    /// <param name="ties">How many have it.</param>
    internal static LeastLoads Of(Vector256<int> counts, Vector256<int> ties)
    {
        var half = Vector128.Min(counts.GetLower(), counts.GetUpper());
        half = Vector128.Min(half, Vector128.Shuffle(half, Vector128.Create(2, 3, 0, 1)));
        half = Vector128.Min(half, Vector128.Shuffle(half, Vector128.Create(1, 0, 3, 2)));
        int least = half.ToScalar();
        return least == int.MaxValue ? None : new LeastLoads(least, ties & Vector256.Equals(counts, Vector256.Create(least)));
    }

    /// <summary>Adds up counts for their weights.</summary>
    /// <param name="low">The least at each place of the first half of a block; infinity: none.</param>
    /// <param name="high">The same of the second half.</param>
    /// <param name="lowTies">The sum of the weights of those that have it.</param>
    /// <param name="highTies">The same of the second half.</param>
    internal static LeastLoads Of(
        Vector256<double> low, Vector256<double> high, Vector256<double> lowTies, Vector256<double> highTies)
    {
        var quarter = Vector256.Min(low, high);
        var half = Vector128.Min(quarter.GetLower(), quarter.GetUpper());
        double least = Math.Min(half[0], half[1]);
        var all = Vector256.Create(least);
        return double.IsPositiveInfinity(least) ? None : new LeastLoads(
            least,
            Vector256.Narrow(
                Vector256.ConvertToInt64(lowTies & Vector256.Equals(low, all)),
                Vector256.ConvertToInt64(highTies & Vector256.Equals(high, all))));
    }

    /// <summary>The sum of the weights of those that have it and are at one place in their block.</summary>
    internal int TiesAt(int place) => _ties[place];
}
