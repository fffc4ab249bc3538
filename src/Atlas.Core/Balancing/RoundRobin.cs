namespace Atlas.Core.Balancing;

/// <summary>A rotation shared by all workers: of any n picks in a row each of n servers gets exactly one, whichever
/// workers pick. O(1), one atomic addition.</summary>
public sealed class RoundRobin
{
    private uint _next = uint.MaxValue;

    /// <summary>The next place in the rotation.</summary>
    /// <param name="count">The number of servers, at least 1; it should stay the same for the life of the rotation.</param>
    /// <returns>From 0 to <paramref name="count"/> - 1.</returns>
    public int Next(int count)
    {
        // At the wrap from 2^32 - 1 to 0 the order skips unless count divides 2^32: once in 4 billion requests.
        return (int)(Interlocked.Increment(ref _next) % (uint)count);
    }
}
