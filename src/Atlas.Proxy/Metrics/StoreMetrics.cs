using Atlas.Proxy.Stores;

namespace Atlas.Proxy.Metrics;

/// <summary>The numbers of a store, counted by each worker for itself; see <see cref="ListenerMetrics"/>.</summary>
public sealed class StoreMetrics
{
    private readonly StoreCounters[] _workers;
    private readonly WorkerCells _sums;

    internal StoreMetrics(string store, int workers)
    {
        Store = store;
        _workers = [.. Enumerable.Range(0, workers).Select(_ => new StoreCounters())];
        _sums = new WorkerCells(StoreCells.Count, _workers.Select(worker => worker.Cells));
    }

    /// <summary>The store's configured name.</summary>
    public string Store { get; }

    /// <summary>Connections made.</summary>
    public long Connected => _sums.Sum(StoreCells.Connected);

    /// <summary>The part that a worker counts in.</summary>
    /// <param name="worker">The worker's index.</param>
    public StoreCounters ForWorker(int worker) => _workers[worker];

    /// <summary>Calls that ended so.</summary>
    public long Results(RedisStatus status) => _sums.Sum(StoreCells.Of(status));

    internal long[] Read() => _sums.Read();
}
