namespace Atlas.Core.Balancing;

/// <summary>
/// The load counters of servers that came to a pool together, side by side, so that a scan over many reads few cache lines.
/// They never move and belong to their servers for life: a request that is still under way at a server which has left counts
/// down where it counted up.
/// <para>Workers that begin requests at neighbours do write the same cache line. The other way, a line for each server, makes
/// every pick of the least loaded of n read n lines that others write.</para>
/// </summary>
internal sealed class LoadCells(int servers)
{
    /// <summary>Cells that are scanned at once: the integers of a <c>Vector256</c>. The arrays hold whole blocks.</summary>
    internal const int Block = 8;

    /// <summary>Requests under way, by cell.</summary>
    internal int[] Active { get; } = new int[(servers + Block - 1) / Block * Block];

    /// <summary>Requests that wait for one server, by cell.</summary>
    internal int[] Queued { get; } = new int[(servers + Block - 1) / Block * Block];
}
