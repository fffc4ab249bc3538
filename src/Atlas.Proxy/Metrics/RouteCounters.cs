namespace Atlas.Proxy.Metrics;

/// <summary>What one worker counts of one route. For that worker's thread only; allocates nothing.</summary>
public sealed class RouteCounters
{
    private readonly CounterCells _cells = new(RouteCells.Count);

    internal RouteCounters()
    {
    }

    /// <summary>A request that the route took ended.</summary>
    /// <param name="status">The status that the client got; 0 when it got none.</param>
    public void RequestEnded(int status) => _cells.Add(RouteCells.Statuses + StatusClass.Of(status), 1);

    /// <summary>The copy of a request ended, or was not made.</summary>
    public void Mirrored(MirrorResult result) => _cells.Add(RouteCells.Mirrored + (int)result, 1);

    /// <summary>The route's rate limit let a request pass or refused it.</summary>
    /// <param name="source">What decided.</param>
    /// <param name="isAllowed">Whether the request may pass.</param>
    public void RateLimited(RateLimitSource source, bool isAllowed) =>
        _cells.Add((isAllowed ? RouteCells.Allowed : RouteCells.Refused) + (int)source, 1);

    /// <summary>A client lost its place in the table of the route's rate limit before its time.</summary>
    public void RateLimitEvicted() => _cells.Add(RouteCells.Evicted, 1);

    /// <summary>The numbers.</summary>
    internal CounterCells Cells => _cells;
}
