using Atlas.Engine.Datagrams;
using Atlas.Engine.Handover;
using Atlas.Engine.Interop;
using Atlas.Proxy.Errors;
using Atlas.Proxy.Logging;
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
    private readonly UdpWorker _worker;
    private readonly UdpUpstream _upstream;
    private KeptDatagram _kept;
    private UdpCounters _counters = null!;
    private long _beganMs;
    private long _requests;
    private long _answers;
    private long _bytesReceived;
    private long _bytesSent;
    private bool _isOpen;
    private bool _isHandedOut;
    private int _firstSlot = -1;
    private int _lastSlot;

    internal UdpSession(UdpWorker worker)
    {
        _worker = worker;
        _upstream = new UdpUpstream(worker, this);
    }

    internal SessionKey Key { get; private set; }

    /// <summary>The loop's time of the last datagram.</summary>
    internal long LastMs { get; set; }

    internal UdpSession? Older { get; set; }

    internal UdpSession? Newer { get; set; }

    private UdpSessions Sessions => Key.Port.Sessions;

    /// <summary>Begins a session with a server that takes it.</summary>
    /// <param name="key">Whose.</param>
    /// <param name="snapshot">What it goes by.</param>
    /// <param name="fault">Why there is none.</param>
    internal bool TryBegin(in SessionKey key, UdpListenerSnapshot snapshot, out UdpDrop fault)
    {
        Key = key;
        _counters = key.Port.Sessions.Counters;
        _upstream.Begin(snapshot.Pool, key.Client);
        _requests = 0;
        _answers = 0;
        _bytesReceived = 0;
        _bytesSent = 0;
        _firstSlot = -1;
        if (!_upstream.TryTake(Sessions, evicts: true, out fault))
        {
            return false;
        }

        _isOpen = true;
        _isHandedOut = false;
        LastMs = _worker.Loop.NowMs;
        _beganMs = LastMs;
        Sessions.Add(this);
        key.Port.SessionBegan();
        _counters.SessionBegan();
        return true;
    }

    /// <summary>Goes on with a session of another process.</summary>
    /// <param name="key">Whose.</param>
    /// <param name="snapshot">What it goes by.</param>
    /// <param name="server">The server's place in the snapshot's pool.</param>
    /// <param name="handed">What the other process had. Its socket is taken.</param>
    /// <returns>False: it cannot be, and nothing has begun.</returns>
    internal bool TryGoOn(in SessionKey key, UdpListenerSnapshot snapshot, int server, HandedUdpSession handed)
    {
        Key = key;
        _counters = key.Port.Sessions.Counters;
        _requests = handed.Requests;
        _answers = handed.Answers;
        _bytesReceived = handed.BytesReceived;
        _bytesSent = handed.BytesSent;
        _firstSlot = -1;
        if (!_upstream.TryGoOn(snapshot.Pool, server, key.Client, handed))
        {
            return false;
        }

        _isOpen = true;
        _isHandedOut = false;
        LastMs = _worker.Loop.NowMs - handed.SilentMs;
        _beganMs = _worker.Loop.NowMs - handed.AgeMs;
        Sessions.Add(this);
        key.Port.SessionBegan();
        _counters.SessionBegan();
        return true;
    }

    /// <summary>What another process needs to go on with it. It goes on here, too, until it is told to end.</summary>
    /// <returns>Null: it has been told already, or no descriptor is left.</returns>
    internal HandedUdpSession? HandOut()
    {
        int socket = _isHandedOut ? -1 : _upstream.Socket.Duplicate();
        if (socket < 0)
        {
            return null;
        }

        _isHandedOut = true;
        long nowMs = _worker.Loop.NowMs;
        return new HandedUdpSession
        {
            Port = Key.Port.Socket.Cookie,
            Client = Key.Client.ToBytes(),
            Asked = Key.Asked.ToBytes(),
            Pool = _upstream.Pool.Name,
            Server = _upstream.Server.Name,
            Address = _upstream.Server.Address.ToString(),
            Attempts = _upstream.Attempts,
            Requests = _requests,
            Answers = _answers,
            BytesReceived = _bytesReceived,
            BytesSent = _bytesSent,
            FirstAnswerUs = _upstream.FirstAnswerUs,
            AgeMs = nowMs - _beganMs,
            SilentMs = nowMs - LastMs,
            Socket = new HandedDescriptor(socket),
        };
    }

    /// <summary>Whether another process goes on with it.</summary>
    internal bool IsHandedOut => _isHandedOut;

    /// <summary>The other process did not go on with it.</summary>
    internal void TakeBack() => _isHandedOut = false;

    /// <summary>Whether the session stays at its server.</summary>
    /// <param name="pool">The listener's pool as it is now.</param>
    internal bool MayGoOn(PoolSnapshot pool) => _upstream.MayGoOn(pool);

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
            _bytesReceived += batch.LengthAt(slot);
        }

        Keep(batch.SegmentAt(_lastSlot) == 0 ? batch.PayloadAt(_lastSlot) : default);
        SendTally tally = _upstream.Socket.Send(queue);
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
            if (UdpUpstream.IsOfServer(-received))
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
            _bytesSent += answers.LengthAt(slot);
            _worker.Answer(slot, Key.Client, Key.Asked);
        }

        if (!_upstream.IsAnswered)
        {
            _upstream.Answered();
            _kept.Forget(_worker);
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

        _upstream.Leave(ProxyError.None);
        Finish(end);
    }

    private void SendOne(ReadOnlySpan<byte> datagram)
    {
        _requests++;
        _bytesReceived += datagram.Length;
        Keep(datagram);
        int sent = _upstream.Socket.Send(datagram);
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

    private void Keep(ReadOnlySpan<byte> datagram)
    {
        if (!_upstream.IsAnswered)
        {
            _kept.Keep(_worker, datagram);
        }
    }

    private void Lost(in SendTally tally)
    {
        if (!UdpUpstream.IsOfServer(tally.Error))
        {
            UdpWorker.Count(_counters, tally);
            return;
        }

        UdpWorker.Count(_counters, tally with { Failed = 0 });
        _counters.Dropped(UdpDrop.Refused, tally.Failed);
        Refused();
    }

    /// <summary>The server refuses: another one takes the session and what was kept, or the session ends.</summary>
    private void Refused()
    {
        _upstream.Failed();
        _upstream.Leave(_upstream.IsAnswered ? ProxyError.UpstreamReset : ProxyError.ConnectFailed);
        if (!_upstream.TryTake(Sessions, evicts: false, out _))
        {
            Finish(UdpEnd.Refused);
            return;
        }

        // The other process was told of the server before.
        _isHandedOut = false;
        _counters.SessionMoved();
        if (!_kept.Bytes.IsEmpty && _upstream.Socket.Send(_kept.Bytes) < 0)
        {
            // An error of before belongs to a socket that is gone: this one is about the datagram.
            _counters.Dropped(UdpDrop.Refused);
        }
    }

    private void Finish(UdpEnd end)
    {
        _isOpen = false;
        _kept.Forget(_worker);
        _counters.SessionEnded(end, isAnswered: _answers > 0);
        Log(end);
        Sessions.Remove(this);
        Sessions.Listener.SessionClosed();
        UdpPort port = Key.Port;
        _worker.Return(this);
        port.SessionEnded();
    }

    private void Log(UdpEnd end)
    {
        UdpListenerSnapshot snapshot = Sessions.Snapshot;
        if (snapshot.AccessLog.Count == 0 || end == UdpEnd.HandedOver)
        {
            return;
        }

        Span<byte> text = stackalloc byte[DatagramAddress.MaxTextLength];
        Span<byte> failed = stackalloc byte[_upstream.FailedTries is null ? 0 : LineBounds.TriesField];
        failed = failed[..(_upstream.FailedTries?.Write(failed) ?? 0)];
        snapshot.AccessLog[_worker.Index].Write(new UdpRecord
        {
            UnixMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(),
            ClientIp = text[..Key.Client.FormatIp(text)],
            ClientPort = Key.Client.Port,
            Listener = snapshot.NameBytes,
            Pool = _upstream.Pool.NameBytes,
            Server = _upstream.Server.NameBytes,
            End = end,
            Attempts = _upstream.Attempts,
            FailedTries = failed,
            DatagramsReceived = _requests,
            DatagramsSent = _answers,
            BytesReceived = _bytesReceived,
            BytesSent = _bytesSent,
            AnswerMs = _upstream.IsAnswered ? _upstream.FirstAnswerUs / 1000 : AccessTimers.NotReached,
            DurationMs = LastMs - _beganMs,
        });
    }
}
