using Atlas.Engine.Tls;
using Atlas.Protocols.Http1;
using Atlas.Protocols.Http2;
using Atlas.Protocols.ProxyProtocol;
using Atlas.Proxy.Connections;
using Atlas.Proxy.Errors;

namespace Atlas.Proxy.Metrics;

/// <summary>What one worker counts of one listener. For that worker's thread only; allocates nothing.</summary>
public sealed class ListenerCounters
{
    private readonly CounterCells _cells = new(ListenerCells.Count);

    internal ListenerCounters()
    {
    }

    /// <summary>The worker serves one more connection.</summary>
    public void ConnectionOpened()
    {
        _cells.Add(ListenerCells.Accepted, 1);
        _cells.Add(ListenerCells.Open, 1);
    }

    /// <summary>One of the connections that <see cref="ConnectionOpened"/> counted ended.</summary>
    public void ConnectionClosed() => _cells.Add(ListenerCells.Open, -1);

    /// <summary>A request ended. Once per request, however it ended.</summary>
    /// <param name="status">The status that the client got; 0 when it got none.</param>
    /// <param name="error">How it ended.</param>
    /// <param name="durationUs">Microseconds from its first byte to the response's last.</param>
    /// <param name="bytesIn">All its bytes: head, framing, body.</param>
    /// <param name="bytesOut">All bytes of the response.</param>
    public void RequestEnded(int status, ProxyError error, long durationUs, long bytesIn, long bytesOut)
    {
        _cells.Add(ListenerCells.Statuses + StatusClass.Of(status), 1);
        if (error != ProxyError.None)
        {
            _cells.Add(ListenerCells.Errors + ErrorCells.Of(error), 1);
        }

        _cells.Add(ListenerCells.BytesIn, bytesIn);
        _cells.Add(ListenerCells.BytesOut, bytesOut);
        _cells.Add(ListenerCells.DurationSumUs, Math.Max(durationUs, 0));
        _cells.Add(ListenerCells.Durations + DurationBuckets.IndexOf(durationUs), 1);
    }

    /// <summary>Bytes of a connection moved that is passed on unread.</summary>
    /// <param name="bytesIn">From the client.</param>
    /// <param name="bytesOut">To the client.</param>
    public void BytesMoved(long bytesIn, long bytesOut)
    {
        _cells.Add(ListenerCells.BytesIn, bytesIn);
        _cells.Add(ListenerCells.BytesOut, bytesOut);
    }

    /// <summary>A connection ended that was passed on unread. Once per connection, beside
    /// <see cref="ConnectionClosed"/>.</summary>
    /// <param name="error">How it ended.</param>
    /// <param name="durationUs">Microseconds from its first moment to its last.</param>
    public void SessionEnded(ProxyError error, long durationUs)
    {
        if (error != ProxyError.None)
        {
            _cells.Add(ListenerCells.Errors + ErrorCells.Of(error), 1);
        }

        _cells.Add(ListenerCells.DurationSumUs, Math.Max(durationUs, 0));
        _cells.Add(ListenerCells.Durations + DurationBuckets.IndexOf(durationUs), 1);
    }

    /// <summary>The head of a request was repaired. Once per request, beside <see cref="RequestEnded"/>.</summary>
    /// <param name="repair">One kind.</param>
    public void RequestRepaired(RequestRepairs repair) => _cells.Add(ListenerCells.Repairs + RepairCells.Of(repair), 1);

    /// <summary>A connection ended before it had brought its PROXY protocol header.</summary>
    internal void IntakeEnded(ProxyIntakeStatus status, ProxyHeaderError error)
    {
        int cell = IntakeCells.Of(status, error);
        if (cell >= 0)
        {
            _cells.Add(ListenerCells.Intakes + cell, 1);
        }
    }

    /// <summary>A handshake of TLS with a client ended.</summary>
    internal void HandshakeEnded(in TlsHandshake handshake)
    {
        int cell = HandshakeCells.Of(handshake);
        if (cell >= 0)
        {
            _cells.Add(ListenerCells.Handshakes + cell, 1);
        }
    }

    /// <summary>A connection goes on as one of HTTP/2.</summary>
    internal void Http2Began()
    {
        _cells.Add(ListenerCells.Http2Connections, 1);
        _cells.Add(ListenerCells.Http2Open, 1);
    }

    /// <summary>A stream of HTTP/2 began.</summary>
    internal void StreamBegan()
    {
        _cells.Add(ListenerCells.Streams, 1);
        _cells.Add(ListenerCells.StreamsOpen, 1);
    }

    /// <summary>A stream of HTTP/2 ended.</summary>
    internal void StreamEnded() => _cells.Add(ListenerCells.StreamsOpen, -1);

    /// <summary>A connection of HTTP/2 ended, perhaps for what its client did.</summary>
    internal void Http2Ended(Http2Error error, Http2Flood flood)
    {
        _cells.Add(ListenerCells.Http2Open, -1);
        int cell = Http2Cells.Of(error, flood);
        if (cell >= 0)
        {
            _cells.Add(ListenerCells.Http2Ends + cell, 1);
        }
    }

    /// <summary>The numbers.</summary>
    internal CounterCells Cells => _cells;
}
