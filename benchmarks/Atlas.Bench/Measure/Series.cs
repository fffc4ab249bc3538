namespace Atlas.Bench.Measure;

/// <summary>One figure of one peer, round by round.</summary>
internal sealed class Series
{
    private readonly List<double> _rounds = [];

    internal IReadOnlyList<double> Rounds => _rounds;

    internal double Median => MedianOf(_rounds);

    internal void Add(double value) => _rounds.Add(value);

    /// <summary>The ratio to another series within each round, and of these the median: what disturbs a round disturbs both
    /// and drops out.</summary>
    internal double RatioTo(Series other) => MedianOf([.. _rounds.Zip(other._rounds, (mine, theirs) => mine / theirs)]);

    /// <summary>The value that a share of an ordered list does not exceed.</summary>
    internal static double Quantile(IReadOnlyList<double> ordered, double share) =>
        ordered[Math.Clamp((int)Math.Ceiling(share * ordered.Count) - 1, 0, ordered.Count - 1)];

    private static double MedianOf(IReadOnlyList<double> values)
    {
        double[] ordered = [.. values.Order()];
        int middle = ordered.Length / 2;
        return ordered.Length % 2 == 1 ? ordered[middle] : (ordered[middle - 1] + ordered[middle]) / 2;
    }
}
