using System.Net;
using Atlas.Core.Configuration;
using Atlas.Core.HighAvailability;
using Atlas.Protocols.Heartbeats;

namespace Atlas.Control.HighAvailability.Peers;

/// <summary>Tells the other nodes that this one lives, and hears whether they do: a heartbeat to each by UDP in every interval, and two threads
/// of its own, one that sends and one that receives. Nothing that comes is answered; what is not authentic is counted and dropped. Any thread.</summary>
public sealed class PeerService : IDisposable
{
    // So that rounds out of turn stay few.
    private const int RoundsPerInterval = 10;

    // Nobody answers them, and one may be lost: then the others find out by silence.
    private const int Farewells = 2;

    private readonly PeerServiceOptions _options;
    private readonly PeerClock _clock;
    private readonly PeerCounters _counters = new();
    private readonly PacketBudget _budget = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly AutoResetEvent _wake = new(initialState: false);
    private readonly Lock _gate = new();
    private readonly byte[] _buffer = new byte[HeartbeatLimits.MaxBytes];
    private volatile PeerReport[] _reports = [];
    private Thread? _sender;

    // Under the lock.
    private PeerSettings? _settings;
    private byte[] _key = [];
    private PeerLiveness? _liveness;
    private PeerTarget[] _targets = [];
    private PeerSocket? _socket;
    private long _lastRoundUs = long.MinValue / 2;
    private long _nextRoundUs;
    private bool _isDisposed;

    /// <summary>A service that does nothing until it has settings.</summary>
    public PeerService(PeerServiceOptions options)
    {
        _options = options;
        _clock = new PeerClock(options.Time);
    }

    /// <summary>The peers at this moment, in the order of the configuration. The list does not change.</summary>
    public IReadOnlyList<PeerReport> Peers => _reports;

    /// <summary>What is counted.</summary>
    public PeerMetrics Metrics => _counters.Of(_reports);

    /// <summary>Where it listens; null: it does not.</summary>
    internal IPEndPoint? Bound
    {
        get
        {
            lock (_gate)
            {
                return _socket?.Bound;
            }
        }
    }

    /// <summary>Goes by other settings from now on. The socket stays unless the address changes, and of peers that stay all that is known.</summary>
    /// <param name="settings">What to go by; null: there are no peers.</param>
    /// <exception cref="IOException">The address cannot be bound; nothing has changed.</exception>
    public void Apply(PeerSettings? settings)
    {
        PeerSocket? old;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            old = _socket;
            bool keeps = settings is not null && old is not null && settings.Bind.Equals(_settings!.Bind);
            PeerSocket? next = settings is null ? null : keeps ? old : new PeerSocket(settings.Bind, settings.MayBeAbsent, Take);
            Follow(settings);
            _socket = next;
            old = keeps ? null : old;
            if (!keeps)
            {
                next?.Start();
            }

            if (settings is not null && _sender is null)
            {
                _sender = new Thread(Run) { IsBackground = true, Name = "atlas-peers-out" };
                _sender.Start();
            }
        }

        old?.Dispose();
        _wake.Set();
    }

    /// <summary>Tells the others at once, since the state of this node's data plane has changed.</summary>
    public void Hurry()
    {
        lock (_gate)
        {
            _nextRoundUs = Math.Min(_nextRoundUs, _lastRoundUs + (_options.Liveness.IntervalUs / RoundsPerInterval));
        }

        _wake.Set();
    }

    /// <summary>Ends it, and tells the others that this node stops, so that they need not wait for its silence.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            for (int i = 0; i < Farewells; i++)
            {
                SendRound(DataPlaneState.Stopped);
            }

            Follow(null);
            _socket?.Dispose();
            _socket = null;
        }

        // The event and the token are left to the garbage: the thread may still wait by them.
        _stop.Cancel();
        _wake.Set();
    }

    // Under the lock.
    private void Follow(PeerSettings? settings)
    {
        long nowUs = _clock.NowUs;
        if (settings is null)
        {
            _liveness = null;
            _targets = [];
        }
        else
        {
            // Under another name it is another node.
            if (_liveness is null || _settings?.Node != settings.Node)
            {
                _liveness = new PeerLiveness(settings.Node, _options.NewBoot(), _options.Liveness);
            }

            _key = settings.Secret.HeartbeatKey;
            _liveness.SetPeers(settings.Peers.Select(peer => peer.Name), nowUs);
            _targets = [.. settings.Peers.Select(TargetOf)];
            _nextRoundUs = nowUs;
        }

        _budget.Reset();
        _settings = settings;
        Publish();
    }

    // One whose address stays keeps what was found of it.
    private PeerTarget TargetOf(PeerConfig peer) =>
        Array.Find(_targets, known => known.Name == peer.Name && known.Address == peer.Address!.ToString())
        ?? new PeerTarget(peer, _options.Liveness.IntervalUs);

    private void Run()
    {
        while (!_stop.IsCancellationRequested)
        {
            _wake.WaitOne(Turn());
        }
    }

    /// <summary>Does what is due.</summary>
    /// <returns>Milliseconds until something is due again; -1: nothing is.</returns>
    private int Turn()
    {
        lock (_gate)
        {
            if (_liveness is not { } liveness)
            {
                return Timeout.Infinite;
            }

            long nowUs = _clock.NowUs;
            if (nowUs >= _nextRoundUs)
            {
                SendRound(_options.DataPlane());
                _lastRoundUs = nowUs;

                // A tenth sooner at most, so that nodes which started together do not send together for ever; never later.
                _nextRoundUs = nowUs + (long)(_options.Liveness.IntervalUs * (1 - (0.1 * _options.Random())));
            }

            var changes = new List<PeerChange>();
            liveness.Advance(nowUs, changes);
            Publish();
            changes.ForEach(change => Tell(change));
            long waitUs = Math.Min(_nextRoundUs, liveness.NextUs) - nowUs;
            return (int)Math.Clamp((waitUs + 999) / 1_000, 1, 60_000);
        }
    }

    // Under the lock.
    private void SendRound(DataPlaneState dataPlane)
    {
        if (_liveness is not { } liveness || _socket is not { } socket)
        {
            return;
        }

        long nowUs = _clock.NowUs;
        ulong sequence = liveness.BeginRound(nowUs);
        IReadOnlyList<PeerStatus> peers = liveness.Peers;
        for (int i = 0; i < _targets.Length; i++)
        {
            PeerTarget target = _targets[i];
            bool isAlive = peers[i].State == PeerState.Alive;
            target.Resolve(_options.Resolver, socket.Takes, isAlive, nowUs, _stop.Token);
            int length = HeartbeatWriter.Write(
                PeerMessages.Of(_settings!, liveness, target.Name, sequence, dataPlane, nowUs, _clock.WallMs, _options.Version), _key, _buffer);
            target.SendProblem = target.Next(isAlive) is IPEndPoint to ? socket.Send(_buffer.AsSpan(0, length), to) : target.Problem;
            _counters.Sent(target.SendProblem is null && target.Problem is null);
        }
    }

    // On the thread of the socket.
    private void Take(ReadOnlySpan<byte> datagram, IPEndPoint from)
    {
        HeartbeatStatus status = HeartbeatReader.Look(datagram);
        if (status != HeartbeatStatus.Authentic)
        {
            _counters.Refused(PeerMessages.RefusalOf(status));
            return;
        }

        byte[] key;
        PeerTarget? sender;
        lock (_gate)
        {
            sender = Array.Find(_targets, target => target.IsAt(from.Address));
            if (!_budget.TryTake(sender?.Name, _clock.NowUs))
            {
                _counters.Refused(PeerRefusal.TooMany);
                return;
            }

            key = _key;
        }

        status = HeartbeatReader.Read(datagram, key, out Heartbeat? heartbeat);
        if (heartbeat is null)
        {
            _counters.Refused(PeerMessages.RefusalOf(status));
            if (status == HeartbeatStatus.NotAuthentic && sender is not null)
            {
                HintAtSecret(sender, from.Address, key);
            }

            return;
        }

        lock (_gate)
        {
            // The secret may have been replaced in between.
            if (_liveness is { } liveness && ReferenceEquals(key, _key))
            {
                _counters.Judged(liveness.Receive(PeerMessages.Of(heartbeat), _clock.NowUs, _clock.WallMs, out PeerChange? change));
                Publish();
                Tell(change);
                if (heartbeat.Boot == liveness.Boot)
                {
                    // What this node sent to the peer came here: as with another node's file, copied with its 'node'.
                    Hint(liveness, heartbeat.To, PeerReason.OwnAddress);
                }
            }
        }
    }

    // It costs next to nothing, within the budget of the address, and is told only of a peer that is silent.
    private void HintAtSecret(PeerTarget sender, IPAddress from, byte[] key)
    {
        lock (_gate)
        {
            if (_liveness is { } liveness && ReferenceEquals(key, _key))
            {
                sender.UnsignedFrom = from;
                Hint(liveness, sender.Name, PeerReason.OtherSecret);
            }
        }
    }

    // Under the lock.
    private void Hint(PeerLiveness liveness, string peer, PeerReason reason)
    {
        if (liveness.Hint(peer, reason, _clock.NowUs) is PeerChange change)
        {
            Publish();
            Tell(change);
        }
    }

    // Under the lock.
    private void Publish() =>
        _reports = _liveness is null ? [] : [.. _liveness.Peers.Select((peer, i) => PeerMessages.ReportOf(peer, _targets[i], _clock))];

    // Under the lock.
    private void Tell(PeerChange? change)
    {
        if (change is not PeerChange one || Array.Find(_targets, target => target.Name == one.To.Name) is not PeerTarget target)
        {
            return;
        }

        try
        {
            _options.Changed(PeerMessages.EventOf(one, target, _clock));
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Whoever read what the process says has gone.
        }
    }
}
