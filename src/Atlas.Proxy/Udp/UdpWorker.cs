using Atlas.Engine.Datagrams;
using Atlas.Engine.Flows;
using Atlas.Engine.Workers;
using Atlas.Proxy.Logging;
using Atlas.Proxy.Metrics;

namespace Atlas.Proxy.Udp;

/// <summary>What the UDP sessions of one worker share: the datagrams of the turn at hand, and objects that wait to be used again.
/// Used on the worker's thread only.</summary>
internal sealed class UdpWorker
{
    /// <summary>Bytes of a datagram that are kept to be sent again: what DNS over UDP and QUIC take for sure to pass (RFC 8200 5:
    /// 1,280 less the headers).</summary>
    internal const int KeptLength = 1_232;

    // Sessions that wait for their first answer and keep their datagram: 5 MB. The others go without.
    private const int MaxKept = 4_096;

    // Ended sessions kept for the next ones; a peak beyond it is left to the collector.
    private const int MaxFree = 16 * 1_024;

    private readonly Dictionary<UdpListener, UdpSessions> _sessions = [];
    private readonly Stack<UdpSession> _free = new();
    private readonly Stack<byte[]> _kept = new();
    private readonly Continuation _flush;
    private DatagramBatch? _received;
    private DatagramBatch? _answers;
    private DatagramQueue? _queue;
    private DatagramQueue? _out;
    private UdpPort? _answersFrom;
    private UdpCounters? _answersCount;
    private int _keptCount;
    private int _ports;
    private bool _willFlush;

    internal UdpWorker(EventLoop loop)
    {
        Loop = loop;
        _flush = Continuation.Of(FlushAtTurn);
    }

    internal EventLoop Loop { get; }

    /// <summary>The worker's number, from 0, by which it finds its part of counters and logs.</summary>
    internal int Index => Loop.Index;

    /// <summary>What a listening socket received in the turn at hand.</summary>
    internal DatagramBatch Received => _received ??= new DatagramBatch();

    /// <summary>For what goes to one server.</summary>
    internal DatagramQueue Queue => _queue ??= new DatagramQueue();

    internal ulong RandomBits() => (ulong)Loop.Random.NextInt64(long.MinValue, long.MaxValue);

    /// <summary>The sessions of a listener on this worker.</summary>
    internal UdpSessions SessionsOf(UdpListener listener)
    {
        if (!_sessions.TryGetValue(listener, out UdpSessions? sessions))
        {
            sessions = new UdpSessions(this, listener);
            _sessions.Add(listener, sessions);
        }

        return sessions;
    }

    internal UdpSessions? Find(UdpListener listener) => _sessions.GetValueOrDefault(listener);

    internal bool MayWriteTo(AccessLog log)
    {
        foreach (UdpSessions sessions in _sessions.Values)
        {
            if (sessions.MayWriteTo(log))
            {
                return true;
            }
        }

        return false;
    }

    internal UdpSession RentSession() => _free.TryPop(out UdpSession? session) ? session : new UdpSession(this);

    internal void Return(UdpSession session)
    {
        if (_free.Count < MaxFree)
        {
            _free.Push(session);
        }
    }

    /// <summary>Memory for a datagram of <see cref="KeptLength"/>; null where too many are kept.</summary>
    internal byte[]? TryRentKept()
    {
        if (_kept.TryPop(out byte[]? kept))
        {
            return kept;
        }

        return _keptCount == MaxKept ? null : NewKept();
    }

    internal void ReturnKept(byte[] kept) => _kept.Push(kept);

    /// <summary>Room for answers that will leave from a port. What another port's clients get leaves first.</summary>
    internal DatagramBatch AnswersFor(UdpPort port, UdpCounters counters)
    {
        DatagramBatch answers = _answers ??= new DatagramBatch();
        if (answers.Room == 0 || !ReferenceEquals(_answersFrom, port) || !ReferenceEquals(_answersCount, counters))
        {
            Flush();
        }

        _answersFrom = port;
        _answersCount = counters;
        return answers;
    }

    /// <summary>Has an answer leave with the others, at the latest at the end of the turn.</summary>
    internal void Answer(int slot, in DatagramAddress client, in DatagramAddress asked)
    {
        (_out ??= new DatagramQueue()).Add(_answers!, slot, client, asked);
        if (!_willFlush)
        {
            _willFlush = true;
            Loop.Yield(_flush);
        }
    }

    /// <summary>Sends the answers that wait.</summary>
    internal void Flush()
    {
        if (_out is { Count: > 0 } queue)
        {
            UdpCounters counters = _answersCount!;
            SendTally tally = _answersFrom!.Socket.Send(queue);
            counters.Sent(tally.Datagrams, tally.Bytes);
            if (tally.Lost > 0)
            {
                Count(counters, tally);
            }
        }

        _answers?.Clear();
    }

    /// <summary>Counts what was lost in sending.</summary>
    internal static void Count(UdpCounters counters, in SendTally tally)
    {
        counters.Dropped(UdpDrop.SendBuffer, tally.Full);
        counters.Dropped(UdpDrop.TooLong, tally.TooLong);
        counters.Dropped(UdpDrop.Failed, tally.Failed);
    }

    internal void PortOpened() => _ports++;

    /// <summary>A port is gone; with the last one goes the memory for datagrams.</summary>
    internal void PortClosed(UdpPort port)
    {
        UdpSessions sessions = port.Sessions;
        sessions.Ports.Remove(port);
        if (sessions.Ports.Count == 0)
        {
            _sessions.Remove(sessions.Listener);
        }

        if (--_ports == 0)
        {
            _received?.Dispose();
            _answers?.Dispose();
            _queue?.Dispose();
            _out?.Dispose();
            _received = null;
            _answers = null;
            _queue = null;
            _out = null;
            _answersFrom = null;
        }
    }

    private byte[] NewKept()
    {
        _keptCount++;
        return new byte[KeptLength];
    }

    private void FlushAtTurn()
    {
        _willFlush = false;
        Flush();
    }
}
