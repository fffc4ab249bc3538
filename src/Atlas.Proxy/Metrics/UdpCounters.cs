using Atlas.Proxy.Udp;

namespace Atlas.Proxy.Metrics;

/// <summary>What one worker counts of one UDP listener. For that worker's thread only; allocates nothing.</summary>
public sealed class UdpCounters
{
    private readonly CounterCells _cells = new(UdpCells.Count);

    internal UdpCounters()
    {
    }

    /// <summary>A session began. <see cref="SessionEnded"/> must follow, once.</summary>
    public void SessionBegan()
    {
        _cells.Add(UdpCells.Created, 1);
        _cells.Add(UdpCells.Open, 1);
    }

    /// <summary>A session ended.</summary>
    /// <param name="end">Why.</param>
    /// <param name="isAnswered">Whether a server sent anything in it.</param>
    public void SessionEnded(UdpEnd end, bool isAnswered)
    {
        _cells.Add(UdpCells.Unanswered, isAnswered ? 0 : 1);
        _cells.Add(UdpCells.Open, -1);
        _cells.Add(UdpCells.Ends + (int)end, 1);
    }

    /// <summary>A session went on at another server, since its own refused it.</summary>
    public void SessionMoved() => _cells.Add(UdpCells.Moved, 1);

    /// <summary>Datagrams came from clients, whatever became of them.</summary>
    public void Received(long datagrams, long bytes)
    {
        _cells.Add(UdpCells.DatagramsIn, datagrams);
        _cells.Add(UdpCells.BytesIn, bytes);
    }

    /// <summary>Datagrams left for clients.</summary>
    public void Sent(long datagrams, long bytes)
    {
        _cells.Add(UdpCells.DatagramsOut, datagrams);
        _cells.Add(UdpCells.BytesOut, bytes);
    }

    /// <summary>Datagrams were not passed on, of either direction.</summary>
    public void Dropped(UdpDrop reason, long datagrams = 1) => _cells.Add(UdpCells.Drops + (int)reason, datagrams);

    /// <summary>The numbers.</summary>
    internal CounterCells Cells => _cells;
}
