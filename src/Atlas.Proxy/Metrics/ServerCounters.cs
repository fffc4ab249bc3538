using Atlas.Proxy.Errors;

namespace Atlas.Proxy.Metrics;

/// <summary>What one worker counts of one server of a pool. For that worker's thread only; allocates nothing.</summary>
public sealed class ServerCounters
{
    private readonly CounterCells _cells = new(ServerCells.Count);

    internal ServerCounters()
    {
    }

    /// <summary>A request is tried at the server. <see cref="AttemptEnded"/> must follow, once.</summary>
    /// <param name="kind">Why.</param>
    public void AttemptBegan(AttemptKind kind)
    {
        _cells.Add(ServerCells.Attempts, 1);
        _cells.Add(ServerCells.Active, 1);
        if (kind != AttemptKind.First)
        {
            _cells.Add(ServerCells.OfKind(kind), 1);
        }
    }

    /// <summary>The attempt ended.</summary>
    /// <param name="status">The status of the server's final head; 0 when none came.</param>
    /// <param name="error">How it ended.</param>
    /// <param name="firstByteUs">Microseconds from the request's head sent to the response's first byte; less than 0 when
    /// none came.</param>
    public void AttemptEnded(int status, ProxyError error, long firstByteUs)
    {
        _cells.Add(ServerCells.Active, -1);
        if (status != 0)
        {
            _cells.Add(ServerCells.Statuses + StatusClass.Of(status), 1);
        }

        if (error != ProxyError.None)
        {
            _cells.Add(ServerCells.Errors + ErrorCells.Of(error), 1);
        }

        if (firstByteUs >= 0)
        {
            _cells.Add(ServerCells.FirstByteSumUs, firstByteUs);
            _cells.Add(ServerCells.FirstBytes + DurationBuckets.IndexOf(firstByteUs), 1);
        }
    }

    /// <summary>A connection to the server was made.</summary>
    public void Connected() => _cells.Add(ServerCells.Connected, 1);

    /// <summary>Connections were laid aside for later (positive), or taken from there or closed (negative).</summary>
    public void IdleChanged(int difference) => _cells.Add(ServerCells.Idle, difference);

    /// <summary>The numbers.</summary>
    internal CounterCells Cells => _cells;
}
