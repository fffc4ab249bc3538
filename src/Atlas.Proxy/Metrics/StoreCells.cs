using Atlas.Proxy.Stores;

namespace Atlas.Proxy.Metrics;

/// <summary>Where the numbers of a store lie.</summary>
internal static class StoreCells
{
    internal const int Connected = 0;
    internal const int LatencySumUs = 1;
    internal const int Results = 2;

    internal static readonly string[] ResultNames = ["ok", "timed_out", "unavailable", "failed", "cancelled"];
    internal static readonly int Latencies = Results + ResultNames.Length;
    internal static readonly int Count = Latencies + DurationBuckets.Count;

    /// <summary>The cell of calls that ended so.</summary>
    internal static int Of(RedisStatus status) => Results + (int)status;
}
