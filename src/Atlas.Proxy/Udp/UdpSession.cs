using Atlas.Core.Balancing;
using Atlas.Core.Health;
using Atlas.Engine.Datagrams;
using Atlas.Engine.Interop;
using Atlas.Proxy.Errors;
using Atlas.Proxy.Metrics;
using Atlas.Proxy.Snapshots;

namespace Atlas.Proxy.Udp;

/// <summary>
/// What goes between one client and one server: a connected socket of its own, so that the server tells clients apart and its
/// refusals are heard. Used again once it has ended. Used on the worker's thread only.
/// <code>
///   unanswered   the server's first datagram                      answered
///   any          refused or unreachable; another server takes it  unanswered, and what was kept is sent again
///   any          refused or unreachable; no other server          ended
///   answered     `responses` answers to each datagram             ended
///   any          idle, evicted, its server gone, drained          ended
/// </code>
/// </summary>
internal sealed class UdpSession : IDatagramHandler
{
    // Servers that one session tries until one answers.
    private const int MaxTries = 4;

    private readonly UdpWorker _worker;
    private readonly DatagramSocket _socket;
    private readonly int[] _tried = new int[MaxTries];
    private int _triedCount;
    private UdpCounters _counters = null!;
    private PoolSnapshot _pool = null!;
    private ServerState _server = null!;
    private int _serverIndex;
    private byte[]? _kept;
    private int _keptLength;
    private long _beganUs;
    private long _requests;
    private long _answers;
    private long _firstAnswerUs = -1;
    private bool _isOpen;
    private int _firstSlot = -1;
    private int _lastSlot;

    internal UdpSession(UdpWorker worker)
    {
        _worker = worker;
        _socket = DatagramSocket.Of(worker.Loop, this);
    }

    internal SessionKey Key { get; private set; }

    /// <summary>The loop's time of the last datagram.</summary>
    internal long LastMs { get; set; }

    internal UdpSession? Older { get; set; }

    internal UdpSession? Newer { get; set; }

    private bool IsAnswered => _firstAnswerUs >= 0;

    private UdpSessions Sessions => Key.Port.Sessions;

    /// <summary>Begins a session with a server that takes it.</summary>
    /// <param name="key">Whose.</param>
    /// <param name="snapshot">What it goes by.</param>
    /// <param name="fault">Why there is none.</param>
    internal bool TryBegin(in SessionKey key, UdpListenerSnapshot snapshot, out UdpDrop fault)
    {
        Key = key;
        _counters = key.Port.Sessions.Counters;
        _pool = snapshot.Pool;
        _triedCount = 0;
        _requests = 0;
        _answers = 0;
        _firstSlot = -1;
        if (!TryTakeServer(out fault))
        {
            return false;
        }

        _isOpen = true;
        LastMs = _worker.Loop.NowMs;
        Sessions.Add(this);
        key.Port.SessionBegan();
        _counters.SessionBegan();
        return true;
    }

    /// <summary>Whether the session stays at its server: not if a pool does not have it any more, or balancing would give it no
    /// session for its health. A server that drains keeps those it has.</summary>
    /// <param name="pool">The listener's pool as it is now.</param>
    internal bool MayGoOn(PoolSnapshot pool)
    {
        if (!ReferenceEquals(pool, _pool))
        {
            int index = pool.IndexOf(_server);
            if (index < 0)
            {
                return false;
            }

            _pool = pool;
            _serverIndex = index;
            _triedCount = 0;
        }

        // In panic servers get sessions whatever is found of them.
        BalancedServer server = _server.Balancing;
        return server.Admin != AdminState.Maintenance
            && ((server.IsUp && !server.IsEjected) || pool.Balancer.Current.Roster.Weights[_serverIndex] > 0);
    }

    /// <summary>Takes a slot of the batch at hand, to be sent with the others of the batch.</summary>
    /// <returns>Whether it is the first one.</returns>
    internal bool Chain(int slot, int[] next)
    {
        next[slot] = -1;
        bool isFirst = _firstSlot < 0;
        if (isFirst)
        {
            _firstSlot = slot;
        }
        else
        {
            next[_lastSlot] = slot;
        }

        _lastSlot = slot;
        return isFirst;
    }

    /// <summary>Sends what was chained.</summary>
    internal void SendChain(DatagramBatch batch)
    {
        int first = _firstSlot;
        if (first < 0)
        {
            // It ended, and sent them then.
            return;
        }

        _firstSlot = -1;
        Sessions.Touch(this);
        if (first == _lastSlot && batch.SegmentAt(first) == 0)
        {
            SendOne(batch.PayloadAt(first));
            return;
        }

        int[] next = Key.Port.NextSlot;
        DatagramQueue queue = _worker.Queue;
        for (int slot = first; slot >= 0; slot = next[slot])
        {
            queue.Add(batch, slot);
            _requests += batch.DatagramsAt(slot);
        }

        Keep(batch.SegmentAt(_lastSlot) == 0 ? batch.PayloadAt(_lastSlot) : default);
        SendTally tally = _socket.Send(queue);
        if (tally.Lost > 0)
        {
            Lost(tally);
        }
    }

    /// <summary>The server sent something, or refuses.</summary>
    public void OnReadable(DatagramSocket socket)
    {
        DatagramBatch answers = _worker.AnswersFor(Key.Port, _counters);
        int first = answers.Count;
        int received = socket.Receive(answers);
        if (received < 0)
        {
            if (IsOfServer(-received))
            {
                Refused();
            }

            return;
        }

        for (int slot = first; slot < answers.Count; slot++)
        {
            if (answers.IsCut(slot))
            {
                _counters.Dropped(UdpDrop.Truncated);
                continue;
            }

            _answers += answers.DatagramsAt(slot);
            _worker.Answer(slot, Key.Client, Key.Asked);
        }

        if (!IsAnswered)
        {
            Answered();
        }

        int responses = Sessions.Snapshot.Responses;
        if (responses != int.MaxValue && _answers >= _requests * responses)
        {
            End(UdpEnd.Answered);
        }
        else
        {
            Sessions.Touch(this);
        }
    }

    public void OnClosing(DatagramSocket socket)
    {
        // Only bound sockets are told.
    }

    public void OnEnded(DatagramSocket socket) => End(UdpEnd.Aborted);

    /// <summary>Ends the session. What its client sent in the batch at hand is sent before.</summary>
    internal void End(UdpEnd end)
    {
        if (_firstSlot >= 0)
        {
            SendChain(_worker.Received);
            if (!_isOpen)
            {
                // Sending found out that the server refuses, and no other took it.
                return;
            }
        }

        LeaveServer(ProxyError.None);
        Finish(end);
    }

    private static bool IsOfServer(int error) =>
        error is Errno.ECONNREFUSED or Errno.EHOSTUNREACH or Errno.ENETUNREACH or Errno.EHOSTDOWN;

    private static bool IsOfProcess(int error) =>
        error is Errno.EMFILE or Errno.ENFILE or Errno.ENOMEM or Errno.ENOBUFS or Errno.EAGAIN or Errno.ENOSPC;

    private void SendOne(ReadOnlySpan<byte> datagram)
    {
        _requests++;
        Keep(datagram);
        int sent = _socket.Send(datagram);
        if (sent < 0)
        {
            Lost(sent switch
            {
                -Errno.EAGAIN or -Errno.ENOBUFS => new SendTally { Full = 1 },
                -Errno.EMSGSIZE => new SendTally { TooLong = 1 },
                _ => new SendTally { Failed = 1, Error = -sent },
            });
        }
    }

    private void Lost(in SendTally tally)
    {
        if (!IsOfServer(tally.Error))
        {
            UdpWorker.Count(_counters, tally);
            return;
        }

        UdpWorker.Count(_counters, tally with { Failed = 0 });
        _counters.Dropped(UdpDrop.Refused, tally.Failed);
        Refused();
    }

    /// <summary>Keeps a datagram while the server has not answered: if it turns out to be refused, another server gets
    /// it.</summary>
    private void Keep(ReadOnlySpan<byte> datagram)
    {
        if (IsAnswered)
        {
            return;
        }

        if (datagram.Length is > UdpWorker.KeptLength or 0 || (_kept ??= _worker.TryRentKept()) is null)
        {
            ForgetKept();
            return;
        }

        datagram.CopyTo(_kept);
        _keptLength = datagram.Length;
    }

    private void ForgetKept()
    {
        if (_kept is not null)
        {
            _worker.ReturnKept(_kept);
            _kept = null;
        }

        _keptLength = 0;
    }

    private void Answered()
    {
        long nowUs = _worker.Loop.NowUs;
        _firstAnswerUs = nowUs - _beganUs;
        _triedCount = 0;
        ForgetKept();
        if (_pool.ObservesLatency)
        {
            _server.Balancing.Observe(_firstAnswerUs, nowUs);
        }

        Report(ServerOutcome.Success);
    }

    /// <summary>The server refuses: another one takes the session and what was kept, or the session ends.</summary>
    private void Refused()
    {
        Failed();
        LeaveServer(IsAnswered ? ProxyError.UpstreamReset : ProxyError.ConnectFailed);
        if (!TryTakeServer(out _))
        {
            Finish(UdpEnd.Refused);
            return;
        }

        _counters.SessionMoved();
        if (_keptLength > 0 && _socket.Send(_kept.AsSpan(0, _keptLength)) < 0)
        {
            // An error of before belongs to a socket that is gone: this one is about the datagram.
            _counters.Dropped(UdpDrop.Refused);
        }
    }

    /// <summary>Takes a server that balancing gives and that was not tried since one answered, and connects to it.</summary>
    private bool TryTakeServer(out UdpDrop fault)
    {
        while (_triedCount < MaxTries)
        {
            if (!TryPick(out fault))
            {
                return false;
            }

            int error = -_socket.Connect(_server.Address);
            if (IsOfProcess(error) && !_isOpen && Sessions.EvictOldest())
            {
                error = -_socket.Connect(_server.Address);
            }

            if (error == 0)
            {
                return true;
            }

            if (!IsOfServer(error))
            {
                Sessions.Listener.CountRefusal();
                LeaveServer(ProxyError.None);
                fault = UdpDrop.NoSocket;
                return false;
            }

            Failed();
            LeaveServer(ProxyError.ConnectFailed);
        }

        fault = UdpDrop.Refused;
        return false;
    }

    private bool TryPick(out UdpDrop fault)
    {
        Span<byte> ip = stackalloc byte[DatagramAddress.MaxIpLength];
        ulong key = 0;
        bool hasKey = _pool.Keys?.TryHashClient(ip[..Key.Client.WriteIp(ip)], out key) == true;
        var request = new PickRequest
        {
            Excluded = _tried.AsSpan(0, _triedCount),
            Random = _worker.RandomBits(),
            Key = key,
            HasKey = hasKey,
            NowUs = _worker.Loop.NowUs,
        };
        ServerState? server = _pool.TryBegin(request, out int index);
        fault = index == Balancer.Full ? UdpDrop.Full : UdpDrop.NoServer;
        if (server is null)
        {
            return false;
        }

        _server = server;
        _serverIndex = index;
        _firstAnswerUs = -1;
        _beganUs = _worker.Loop.NowUs;
        server.Metrics?.ForWorker(_worker.Index).AttemptBegan(isRetry: _triedCount > 0);
        return true;
    }

    private void LeaveServer(ProxyError error)
    {
        _socket.Close();
        _server.Metrics?.ForWorker(_worker.Index).AttemptEnded(status: 0, error, _firstAnswerUs);
        _pool.End(_server, _worker.Loop);
    }

    private void Finish(UdpEnd end)
    {
        _isOpen = false;
        ForgetKept();
        _counters.SessionEnded(end);
        Sessions.Remove(this);
        Sessions.Listener.SessionClosed();
        UdpPort port = Key.Port;
        _worker.Return(this);
        port.SessionEnded();
    }

    private void Failed()
    {
        if (_pool.ObservesLatency)
        {
            _server.Balancing.ObserveFailure(_worker.Loop.NowUs);
        }

        Report(ServerOutcome.ConnectFailure);
        if (_triedCount < MaxTries)
        {
            _tried[_triedCount++] = _serverIndex;
        }
    }

    private void Report(ServerOutcome outcome)
    {
        if (_pool.ConsecutiveFailures is int failures)
        {
            Span<byte> ip = stackalloc byte[DatagramAddress.MaxIpLength];
            uint client = outcome.IsFailure() ? (uint)KeyHash.Of(ip[..Key.Client.WriteIp(ip)]) : 0;
            if (_server.Outliers.Report(outcome, client, _worker.Loop.NowMs, failures))
            {
                _pool.Observer?.ServerSuspected(_pool.Name, _server);
            }
        }
    }
}
