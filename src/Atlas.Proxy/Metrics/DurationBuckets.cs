using System.Numerics;

namespace Atlas.Proxy.Metrics;

/// <summary>The buckets of all durations: 1, 2.5, 5 per decade, from 100 µs to 10 s, and one for what is longer.</summary>
public static class DurationBuckets
{
    private static readonly long[] UpperBoundsUs =
    [
        100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000,
        1_000_000, 2_500_000, 5_000_000, 10_000_000,
    ];

    // The bucket of each power of two. Bounds are at least a factor of 2 apart, so that the bucket of any other number is
    // this or one of the next two.
    private static readonly byte[] FirstOfLog2 =
        [.. Enumerable.Range(0, 64).Select(log2 => (byte)UpperBoundsUs.Count(bound => (ulong)bound < 1UL << log2))];

    /// <summary>How many buckets there are, with that of what is longer.</summary>
    public static int Count => UpperBoundsUs.Length + 1;

    /// <summary>The upper bounds in seconds, without infinity.</summary>
    public static IReadOnlyList<double> UpperBoundsSeconds { get; } = [.. UpperBoundsUs.Select(us => us / 1e6)];

    /// <summary>The bucket that a duration belongs to.</summary>
    /// <param name="us">Microseconds; less than 0 counts as 0.</param>
    public static int IndexOf(long us)
    {
        long[] bounds = UpperBoundsUs;
        int index = FirstOfLog2[BitOperations.Log2((ulong)Math.Max(us, 1))];
        while ((uint)index < (uint)bounds.Length && us > bounds[index])
        {
            index++;
        }

        return index;
    }
}
