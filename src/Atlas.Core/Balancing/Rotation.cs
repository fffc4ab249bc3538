namespace Atlas.Core.Balancing;

/// <summary>A turn counter that all workers share, kept across reloads.</summary>
public sealed class Rotation
{
    // 2^64 divided by the golden ratio (Knuth, The Art of Computer Programming, volume 3, 6.4).
    private const ulong GoldenStep = 0x9E37_79B9_7F4A_7C15;

    private ulong _next = ulong.MaxValue;

    /// <summary>The next turn, from 0. O(1), one atomic addition.</summary>
    public ulong Next() => Interlocked.Increment(ref _next);

    /// <summary>Points between 0 and 1, as fractions of 2^64, that any turns in a row spread evenly: each falls into the
    /// largest gap that the ones before have left (the three-gap theorem).</summary>
    public static ulong PointOf(ulong turn) => unchecked(turn * GoldenStep);
}
