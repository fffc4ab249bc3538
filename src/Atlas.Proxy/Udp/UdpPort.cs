using Atlas.Engine.Datagrams;
using Atlas.Proxy.Metrics;
using Atlas.Proxy.Snapshots;

namespace Atlas.Proxy.Udp;

/// <summary>One worker's socket of an address of a listener: takes what clients send, and sends what they get. Used on the worker's
/// thread only.</summary>
internal sealed class UdpPort : IDatagramHandler
{
    private readonly UdpWorker _worker;
    private readonly DatagramAddress _bound;

    // Sessions that got datagrams in the batch at hand; each has a chain of slots.
    private readonly UdpSession[] _touched = new UdpSession[DatagramBatch.Capacity];
    private int _touchedCount;
    private bool _isClosing;
    private bool _isReading;

    internal UdpPort(UdpWorker worker, UdpSessions sessions, DatagramSocket socket, DatagramAddress bound)
    {
        _worker = worker;
        _bound = bound;
        Sessions = sessions;
        Socket = socket;
        sessions.Ports.Add(this);
        worker.PortOpened();
    }

    internal UdpSessions Sessions { get; }

    internal DatagramSocket Socket { get; }

    /// <summary>Its sessions.</summary>
    internal int SessionCount { get; private set; }

    /// <summary>The slot that follows another of the same session in the batch at hand; -1: none.</summary>
    internal int[] NextSlot { get; } = new int[DatagramBatch.Capacity];

    public void OnReadable(DatagramSocket socket)
    {
        DatagramBatch batch = _worker.Received;
        _isReading = true;

        // An error of a listening socket concerns one datagram, which is lost.
        socket.Receive(batch);
        UdpListenerSnapshot snapshot = Sessions.Snapshot;
        long datagrams = 0;
        long bytes = 0;
        for (int slot = 0; slot < batch.Count; slot++)
        {
            datagrams += batch.DatagramsAt(slot);
            bytes += batch.LengthAt(slot);
            Take(batch, slot, snapshot);
        }

        Sessions.Counters.Received(datagrams, bytes);
        for (int i = 0; i < _touchedCount; i++)
        {
            _touched[i].SendChain(batch);
            _touched[i] = null!;
        }

        _touchedCount = 0;
        batch.Clear();
        _isReading = false;
        CloseIfUnused();
    }

    public void OnClosing(DatagramSocket socket)
    {
        _isClosing = true;
        CloseIfUnused();
    }

    public void OnEnded(DatagramSocket socket)
    {
        // The loop ends with all that is in it.
        Sessions.EndAll(UdpEnd.Aborted);
        _worker.PortClosed(this);
    }

    /// <summary>Goes on with a session of another process, if the pool still has its server. Whether that is well, its next datagram asks.</summary>
    internal void TakeIn(HandedUdpSession handed)
    {
        UdpListenerSnapshot snapshot = Sessions.Snapshot;
        var key = new SessionKey(DatagramAddress.OfBytes(handed.Client), DatagramAddress.OfBytes(handed.Asked), this);
        int server = _isClosing || key.Client.IsNone || snapshot.Pool.Name != handed.Pool ? -1 : FindServer(snapshot.Pool, handed);
        if (server < 0)
        {
            return;
        }

        // What was told before is not what it is now: it went to another server, or ended and began anew.
        Sessions.Find(key)?.End(UdpEnd.HandedOver);
        if (!Sessions.Listener.TryOpenSession(snapshot.MaxSessions))
        {
            return;
        }

        UdpSession session = _worker.RentSession();
        if (!session.TryGoOn(key, snapshot, server, handed))
        {
            Sessions.Listener.SessionClosed();
            _worker.Return(session);
        }
    }

    internal void SessionBegan() => SessionCount++;

    internal void SessionEnded()
    {
        SessionCount--;
        CloseIfUnused();
    }

    private void CloseIfUnused()
    {
        // The batch at hand may go with the socket, so that its last session, which may end in the middle of it, is not the end.
        if (_isClosing && SessionCount == 0 && !_isReading && Socket.IsOpen)
        {
            // What is queued for clients leaves first.
            _worker.Flush();
            Socket.Close();
            _worker.PortClosed(this);
        }
    }

    /// <summary>Gives a datagram to its session, which sends it with the others of the batch.</summary>
    private void Take(DatagramBatch batch, int slot, UdpListenerSnapshot snapshot)
    {
        UdpCounters counters = Sessions.Counters;
        DatagramAddress client = batch.SourceOf(slot);
        DatagramAddress asked = _bound.IsAny ? batch.AskedOf(slot) : default;
        UdpDrop? fault = FaultOf(batch, slot, client, asked);
        if (fault is not null)
        {
            counters.Dropped(fault.Value, batch.DatagramsAt(slot));
            return;
        }

        var key = new SessionKey(client, asked, this);
        UdpSession? session = Sessions.Find(key);
        if (session is not null && !session.MayGoOn(snapshot.Pool))
        {
            session.End(UdpEnd.ServerGone);
            session = null;
        }

        session ??= TryOpen(key, snapshot, batch.DatagramsAt(slot));
        if (session is not null && session.Chain(slot, NextSlot))
        {
            _touched[_touchedCount++] = session;
        }
    }

    private static int FindServer(PoolSnapshot pool, HandedUdpSession handed)
    {
        for (int i = 0; i < pool.Servers.Count; i++)
        {
            ServerState server = pool.Servers[i];
            if (server.Name == handed.Server && server.Address.ToString() == handed.Address)
            {
                return i;
            }
        }

        return -1;
    }

    private UdpDrop? FaultOf(DatagramBatch batch, int slot, in DatagramAddress client, in DatagramAddress asked)
    {
        if (batch.IsCut(slot))
        {
            return UdpDrop.Truncated;
        }

        if (client.Port == 0)
        {
            return UdpDrop.Source;
        }

        return client.Port == _bound.Port && client.IsSameIp(_bound.IsAny ? asked : _bound) ? UdpDrop.Loop : null;
    }

    private UdpSession? TryOpen(in SessionKey key, UdpListenerSnapshot snapshot, int datagrams)
    {
        UdpDrop fault;
        if (_isClosing)
        {
            fault = UdpDrop.Draining;
        }
        else if (!Sessions.Listener.TryOpenSession(snapshot.MaxSessions)
            && !(Sessions.EvictOldest() && Sessions.Listener.TryOpenSession(snapshot.MaxSessions)))
        {
            fault = UdpDrop.Limit;
        }
        else
        {
            UdpSession session = _worker.RentSession();
            if (session.TryBegin(key, snapshot, out fault))
            {
                return session;
            }

            Sessions.Listener.SessionClosed();
            _worker.Return(session);
        }

        Sessions.Counters.Dropped(fault, datagrams);
        return null;
    }
}
