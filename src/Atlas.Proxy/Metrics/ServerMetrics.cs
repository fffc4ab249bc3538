using Atlas.Proxy.Errors;

namespace Atlas.Proxy.Metrics;

/// <summary>The numbers of a server of a pool, counted by each worker for itself; see <see cref="ListenerMetrics"/>.</summary>
public sealed class ServerMetrics
{
    private readonly ServerCounters[] _workers;
    private readonly WorkerCells _sums;

    internal ServerMetrics(string pool, string server, int workers)
    {
        Pool = pool;
        Server = server;
        _workers = [.. Enumerable.Range(0, workers).Select(_ => new ServerCounters())];
        _sums = new WorkerCells(ServerCells.Count, _workers.Select(worker => worker.Cells));
    }

    /// <summary>The pool's configured name.</summary>
    public string Pool { get; }

    /// <summary>The server's name in the pool.</summary>
    public string Server { get; }

    /// <summary>Requests tried at the server.</summary>
    public long Attempts => _sums.Sum(ServerCells.Attempts);

    /// <summary>Those of <see cref="Attempts"/> that the retry policy made.</summary>
    public long Retries => _sums.Sum(ServerCells.Retries);

    /// <summary>Those of <see cref="Attempts"/> that came at once from a server that did not take the request.</summary>
    public long Failovers => _sums.Sum(ServerCells.Failovers);

    /// <summary>Those of <see cref="Attempts"/> that a kept connection made necessary by its closing.</summary>
    public long Repeats => _sums.Sum(ServerCells.Repeats);

    /// <summary>Attempts under way.</summary>
    public long Active => _sums.Sum(ServerCells.Active);

    /// <summary>Connections made.</summary>
    public long Connected => _sums.Sum(ServerCells.Connected);

    /// <summary>Connections that wait for the next request.</summary>
    public long Idle => _sums.Sum(ServerCells.Idle);

    /// <summary>The part that a worker counts in.</summary>
    /// <param name="worker">The worker's index.</param>
    public ServerCounters ForWorker(int worker) => _workers[worker];

    /// <summary>Attempts that ended so.</summary>
    public long Errors(ProxyError error) => _sums.Sum(ServerCells.Errors + ErrorCells.Of(error));

    /// <summary>Responses with a status of a class (<see cref="StatusClass.Of"/>).</summary>
    public long Statuses(int statusClass) => _sums.Sum(ServerCells.Statuses + statusClass);

    internal long[] Read() => _sums.Read();
}
