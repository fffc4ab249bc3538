using Atlas.Proxy.Stores;

namespace Atlas.Proxy.Metrics;

/// <summary>The numbers of a store, counted by each worker for itself; see <see cref="ListenerMetrics"/>.</summary>
public sealed class StoreMetrics
{
    private readonly StoreCounters[] _workers;

    internal StoreMetrics(string store, int workers)
    {
        Store = store;
        _workers = [.. Enumerable.Range(0, workers).Select(_ => new StoreCounters())];
    }

    /// <summary>The store's configured name.</summary>
    public string Store { get; }

    /// <summary>Connections made.</summary>
    public long Connected => Sum(StoreCells.Connected);

    /// <summary>The part that a worker counts in.</summary>
    /// <param name="worker">The worker's index.</param>
    public StoreCounters ForWorker(int worker) => _workers[worker];

    /// <summary>Calls that ended so.</summary>
    public long Results(RedisStatus status) => Sum(StoreCells.Of(status));

    internal long[] Read()
    {
        long[] sums = new long[StoreCells.Count];
        foreach (StoreCounters worker in _workers)
        {
            worker.AddTo(sums);
        }

        return sums;
    }

    private long Sum(int cell)
    {
        long sum = 0;
        foreach (StoreCounters worker in _workers)
        {
            sum += worker.Read(cell);
        }

        return sum;
    }
}
