using System.Numerics;
using Atlas.Protocols.Http1;

namespace Atlas.Proxy.Metrics;

/// <summary>A cell for each kind of <see cref="RequestRepairs"/>.</summary>
internal static class RepairCells
{
    internal const int Count = 4;

    /// <summary>The labels that the cells are published under: the configuration's words.</summary>
    internal static readonly string[] Names = ["length_and_chunked", "equal_lengths", "bare_lf", "equal_hosts"];

    /// <summary>The cell of one kind: the kinds are the lowest bits.</summary>
    internal static int Of(RequestRepairs repair) => BitOperations.TrailingZeroCount((uint)repair) % Count;
}
