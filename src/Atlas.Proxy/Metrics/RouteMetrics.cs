namespace Atlas.Proxy.Metrics;

/// <summary>The numbers of a route, counted by each worker for itself; see <see cref="ListenerMetrics"/>.</summary>
public sealed class RouteMetrics
{
    private readonly RouteCounters[] _workers;
    private readonly WorkerCells _sums;

    internal RouteMetrics(string listener, string route, int workers)
    {
        Listener = listener;
        Route = route;
        _workers = [.. Enumerable.Range(0, workers).Select(_ => new RouteCounters())];
        _sums = new WorkerCells(RouteCells.Count, _workers.Select(worker => worker.Cells));
    }

    /// <summary>The listener's configured name.</summary>
    public string Listener { get; }

    /// <summary>The route's name in the listener.</summary>
    public string Route { get; }

    /// <summary>The part that a worker counts in.</summary>
    /// <param name="worker">The worker's index.</param>
    public RouteCounters ForWorker(int worker) => _workers[worker];

    /// <summary>Requests answered with a status of a class (<see cref="StatusClass.Of"/>).</summary>
    public long Statuses(int statusClass) => _sums.Sum(RouteCells.Statuses + statusClass);

    /// <summary>Copies of requests that ended so.</summary>
    public long Mirrored(MirrorResult result) => _sums.Sum(RouteCells.Mirrored + (int)result);

    /// <summary>Requests that the rate limit let pass or refused.</summary>
    public long RateLimited(RateLimitSource source, bool isAllowed) =>
        _sums.Sum((isAllowed ? RouteCells.Allowed : RouteCells.Refused) + (int)source);

    /// <summary>Clients that lost their place in the table of the rate limit before their time.</summary>
    public long RateLimitEvictions => _sums.Sum(RouteCells.Evicted);

    internal long[] Read() => _sums.Read();
}
