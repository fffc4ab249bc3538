namespace Atlas.Core.Balancing;

/// <summary>A turn counter that all workers share, kept across reloads.</summary>
public sealed class Rotation
{
    private ulong _next = ulong.MaxValue;

    /// <summary>The next turn, from 0. O(1), one atomic addition.</summary>
    public ulong Next() => Interlocked.Increment(ref _next);
}
