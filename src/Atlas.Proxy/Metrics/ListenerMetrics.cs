using Atlas.Protocols.Http1;
using Atlas.Protocols.ProxyProtocol;
using Atlas.Proxy.Connections;
using Atlas.Proxy.Errors;

namespace Atlas.Proxy.Metrics;

/// <summary>The numbers of a listener, counted by each worker for itself. Reading sums over the workers; a reading while
/// they count is of no one moment, but no number in it ever goes backwards (gauges aside).</summary>
public sealed class ListenerMetrics
{
    private readonly ListenerCounters[] _workers;
    private readonly WorkerCells _sums;
    private bool _isUnread;

    internal ListenerMetrics(string name, int workers)
    {
        Name = name;
        _workers = [.. Enumerable.Range(0, workers).Select(_ => new ListenerCounters())];
        _sums = new WorkerCells(ListenerCells.Count, _workers.Select(worker => worker.Cells));
    }

    /// <summary>The listener's configured name.</summary>
    public string Name { get; }

    /// <summary>Whether its connections are passed on unread, so that there are no requests to count. Any thread.</summary>
    public bool IsUnread
    {
        get => Volatile.Read(ref _isUnread);
        set => Volatile.Write(ref _isUnread, value);
    }

    /// <summary>Connections that workers took.</summary>
    public long Accepted => _sums.Sum(ListenerCells.Accepted);

    /// <summary>Connections that are open.</summary>
    public long Open => _sums.Sum(ListenerCells.Open);

    /// <summary>Those of them that speak HTTP/2.</summary>
    public long Http2Open => _sums.Sum(ListenerCells.Http2Open);

    /// <summary>Streams of HTTP/2 that are open.</summary>
    public long StreamsOpen => _sums.Sum(ListenerCells.StreamsOpen);

    /// <summary>Requests that ended.</summary>
    public long Requests
    {
        get
        {
            long sum = 0;
            foreach (long count in Read().AsSpan(ListenerCells.Statuses, StatusClass.Count))
            {
                sum += count;
            }

            return sum;
        }
    }

    /// <summary>The part that a worker counts in.</summary>
    /// <param name="worker">The worker's index.</param>
    public ListenerCounters ForWorker(int worker) => _workers[worker];

    /// <summary>Requests that ended so.</summary>
    public long Errors(ProxyError error) => _sums.Sum(ListenerCells.Errors + ErrorCells.Of(error));

    /// <summary>Requests whose head was repaired so.</summary>
    /// <param name="repair">One kind.</param>
    public long Repairs(RequestRepairs repair) => _sums.Sum(ListenerCells.Repairs + RepairCells.Of(repair));

    /// <summary>Requests answered with a status of a class (<see cref="StatusClass.Of"/>).</summary>
    public long Statuses(int statusClass) => _sums.Sum(ListenerCells.Statuses + statusClass);

    /// <summary>Connections that ended so before they had brought their PROXY protocol header.</summary>
    internal long Intakes(ProxyIntakeStatus status, ProxyHeaderError error) => _sums.Sum(ListenerCells.Intakes + IntakeCells.Of(status, error));

    internal long[] Read() => _sums.Read();
}
