using Atlas.Proxy.Udp;

namespace Atlas.Proxy.Metrics;

/// <summary>The numbers of a UDP listener, counted by each worker for itself; see <see cref="ListenerMetrics"/>.</summary>
public sealed class UdpMetrics
{
    private readonly UdpCounters[] _workers;
    private readonly WorkerCells _sums;

    internal UdpMetrics(string name, int workers)
    {
        Name = name;
        _workers = [.. Enumerable.Range(0, workers).Select(_ => new UdpCounters())];
        _sums = new WorkerCells(UdpCells.Count, _workers.Select(worker => worker.Cells));
    }

    /// <summary>The listener's configured name.</summary>
    public string Name { get; }

    /// <summary>Sessions that began.</summary>
    public long Created => _sums.Sum(UdpCells.Created);

    /// <summary>Sessions that are open.</summary>
    public long Open => _sums.Sum(UdpCells.Open);

    /// <summary>Times that a session went on at another server.</summary>
    public long Moved => _sums.Sum(UdpCells.Moved);

    /// <summary>Sessions that ended without an answer.</summary>
    public long Unanswered => _sums.Sum(UdpCells.Unanswered);

    /// <summary>Datagrams that came from clients.</summary>
    public long Received => _sums.Sum(UdpCells.DatagramsIn);

    /// <summary>Datagrams that left for clients.</summary>
    public long Sent => _sums.Sum(UdpCells.DatagramsOut);

    /// <summary>The part that a worker counts in.</summary>
    /// <param name="worker">The worker's index.</param>
    public UdpCounters ForWorker(int worker) => _workers[worker];

    /// <summary>Sessions that ended so.</summary>
    public long Ended(UdpEnd end) => _sums.Sum(UdpCells.Ends + (int)end);

    /// <summary>Datagrams that were dropped for a reason.</summary>
    public long Dropped(UdpDrop reason) => _sums.Sum(UdpCells.Drops + (int)reason);

    internal long[] Read() => _sums.Read();
}
