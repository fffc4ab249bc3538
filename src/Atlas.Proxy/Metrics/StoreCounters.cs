using Atlas.Proxy.Stores;

namespace Atlas.Proxy.Metrics;

/// <summary>What one worker counts of one store. For that worker's thread only; allocates nothing.</summary>
public sealed class StoreCounters
{
    private readonly CounterCells _cells = new(StoreCells.Count);

    internal StoreCounters()
    {
    }

    /// <summary>A call ended.</summary>
    /// <param name="status">How.</param>
    /// <param name="us">Microseconds from its beginning; they count for calls that were answered.</param>
    public void Ended(RedisStatus status, long us)
    {
        _cells.Add(StoreCells.Of(status), 1);
        if (status is RedisStatus.Ok or RedisStatus.Failed)
        {
            _cells.Add(StoreCells.LatencySumUs, us);
            _cells.Add(StoreCells.Latencies + DurationBuckets.IndexOf(us), 1);
        }
    }

    /// <summary>A connection was made.</summary>
    public void Connected() => _cells.Add(StoreCells.Connected, 1);

    /// <summary>The numbers.</summary>
    internal CounterCells Cells => _cells;
}
