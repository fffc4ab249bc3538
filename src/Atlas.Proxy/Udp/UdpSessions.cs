using Atlas.Engine.Timers;
using Atlas.Proxy.Logging;
using Atlas.Proxy.Metrics;
using Atlas.Proxy.Snapshots;

namespace Atlas.Proxy.Udp;

/// <summary>The sessions of one listener on one worker: a table by client, and a list in the order of their last datagram, whose
/// head is the next to end. One timer stands for all of them. Used on the worker's thread only.</summary>
internal sealed class UdpSessions : ITimerTarget
{
    private readonly UdpWorker _worker;
    private readonly Dictionary<SessionKey, UdpSession> _byKey = [];
    private readonly LoopTimer _idle;
    private UdpSession? _oldest;
    private UdpSession? _newest;
    private UdpListenerSnapshot _snapshot;

    internal UdpSessions(UdpWorker worker, UdpListener listener)
    {
        _worker = worker;
        Listener = listener;
        _idle = new LoopTimer(worker.Loop.Timers, this);
        _snapshot = listener.Snapshot;
        Counters = CountersOf(_snapshot);
    }

    internal UdpListener Listener { get; }

    /// <summary>Sockets of the listener on this worker.</summary>
    internal List<UdpPort> Ports { get; } = [];

    /// <summary>What counts datagrams and new sessions.</summary>
    internal UdpCounters Counters { get; private set; }

    /// <summary>What datagrams go by, read once per batch.</summary>
    internal UdpListenerSnapshot Snapshot
    {
        get
        {
            UdpListenerSnapshot current = Listener.Snapshot;
            if (!ReferenceEquals(current, _snapshot))
            {
                Adopt(current);
            }

            return current;
        }
    }

    internal UdpSession? Find(in SessionKey key) => _byKey.GetValueOrDefault(key);

    /// <summary>Adds a session that has its server already; its time begins.</summary>
    internal void Add(UdpSession session)
    {
        _byKey.Add(session.Key, session);
        Append(session);
        if (!_idle.IsSet)
        {
            _idle.Set(session.LastMs + _snapshot.IdleMs);
        }
    }

    /// <summary>A datagram of the session came, either way.</summary>
    internal void Touch(UdpSession session)
    {
        session.LastMs = _worker.Loop.NowMs;
        if (!ReferenceEquals(session, _newest))
        {
            Unlink(session);
            Append(session);
        }
    }

    /// <summary>Takes a session that ends out.</summary>
    internal void Remove(UdpSession session)
    {
        _byKey.Remove(session.Key);
        Unlink(session);
    }

    /// <summary>Ends the session that was silent for longest.</summary>
    /// <returns>Whether there was one.</returns>
    internal bool EvictOldest()
    {
        UdpSession? oldest = _oldest;
        oldest?.End(UdpEnd.Evicted);
        return oldest is not null;
    }

    internal void EndAll(UdpEnd end)
    {
        while (_oldest is not null)
        {
            _oldest.End(end);
        }
    }

    /// <summary>Tells another process of sessions of which it does not know yet. Those that end with an answer do so here soon.</summary>
    /// <param name="told">Takes them.</param>
    /// <param name="most">How many it takes in all.</param>
    internal void HandOut(List<HandedUdpSession> told, int most)
    {
        if (Snapshot.Responses != int.MaxValue)
        {
            return;
        }

        for (UdpSession? session = _oldest; session is not null && told.Count < most; session = session.Newer)
        {
            if (session.HandOut() is { } handed)
            {
                told.Add(handed);
            }
        }
    }

    /// <summary>Ends those that another process goes on with.</summary>
    internal void EndHandedOut()
    {
        for (UdpSession? session = _oldest; session is not null;)
        {
            UdpSession? next = session.Newer;
            if (session.IsHandedOut)
            {
                session.End(UdpEnd.HandedOver);
            }

            session = next;
        }
    }

    /// <summary>Goes on with all as before: the other process does not.</summary>
    internal void TakeBack()
    {
        for (UdpSession? session = _oldest; session is not null; session = session.Newer)
        {
            session.TakeBack();
        }
    }

    /// <summary>Goes on with sessions of another process that came to this worker's sockets. Those that cannot be are left: their
    /// clients' next datagrams begin anew.</summary>
    internal void TakeIn(IReadOnlyList<HandedUdpSession> handed)
    {
        foreach (UdpPort port in Ports)
        {
            ulong cookie = port.Socket.Cookie;
            foreach (HandedUdpSession session in handed)
            {
                if (session.Port == cookie && cookie != 0)
                {
                    port.TakeIn(session);
                }
            }
        }
    }

    internal bool MayWriteTo(AccessLog log)
    {
        foreach (AccessLogWriter writer in _snapshot.AccessLog)
        {
            if (writer.Log == log && _oldest is not null)
            {
                return true;
            }
        }

        return false;
    }

    public void OnTimer(LoopTimer timer)
    {
        long endedMs = _worker.Loop.NowMs - Snapshot.IdleMs;
        while (_oldest is not null && _oldest.LastMs <= endedMs)
        {
            _oldest.End(UdpEnd.Idle);
        }

        if (_oldest is not null)
        {
            _idle.Set(_oldest.LastMs + _snapshot.IdleMs);
        }
    }

    private UdpCounters CountersOf(UdpListenerSnapshot snapshot) => snapshot.Datagrams?.ForWorker(_worker.Index) ?? new UdpCounters();

    private void Adopt(UdpListenerSnapshot snapshot)
    {
        _snapshot = snapshot;
        Counters = CountersOf(snapshot);
        if (_oldest is not null)
        {
            _idle.Set(_oldest.LastMs + snapshot.IdleMs);
        }
    }

    private void Append(UdpSession session)
    {
        session.Older = _newest;
        if (_newest is null)
        {
            _oldest = session;
        }
        else
        {
            _newest.Newer = session;
        }

        _newest = session;
    }

    private void Unlink(UdpSession session)
    {
        if (session.Older is null)
        {
            _oldest = session.Newer;
        }
        else
        {
            session.Older.Newer = session.Newer;
        }

        if (session.Newer is null)
        {
            _newest = session.Older;
        }
        else
        {
            session.Newer.Older = session.Older;
        }

        session.Older = null;
        session.Newer = null;
    }
}
