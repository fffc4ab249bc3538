namespace Atlas.Core.HighAvailability;

/// <summary>One other node as <see cref="PeerLiveness"/> knows it.</summary>
internal sealed class PeerLink
{
    // Boots that another one followed. No more than a few can end within the echo window, after which nothing of them proves anything.
    private const int MaxOldBoots = 8;

    private readonly LivenessOptions _options;
    private readonly List<(UInt128 Boot, long EndedUs)> _oldBoots = [];
    private readonly UnprovenBoots _unproven = new();

    // The boot that proved itself; 0: none did yet.
    private UInt128 _boot;
    private ulong _sequence;
    private ulong _echoed;
    private long _heardUs;
    private long _provenUs;
    private long _aliveUntilUs;
    private DataPlaneState _dataPlane;
    private PeerReason _hint;
    private long _hintUntilUs = long.MinValue;

    internal PeerLink(string name, LivenessOptions options, long nowUs)
    {
        _options = options;
        Status = new PeerStatus(name, PeerState.Unknown, PeerReason.Starting, nowUs);
    }

    internal PeerStatus Status { get; private set; }

    /// <summary>When time alone changes the status.</summary>
    internal long NextUs => Status switch
    {
        { State: PeerState.Unknown } => Status.SinceUs + _options.DeadAfterUs,
        { State: PeerState.Alive } => _aliveUntilUs,
        { Reason: PeerReason.HearsUsNot } => LastHeardUs + _options.DeadAfterUs,
        { Reason: not (PeerReason.Silent or PeerReason.Stopped) } => _hintUntilUs,
        _ => long.MaxValue,
    };

    private long LastHeardUs => _boot != 0 ? _heardUs : _unproven.Last?.LastUs ?? long.MinValue / 2;

    internal static uint AgeOf(long thenUs, long nowUs) => (uint)Math.Clamp(nowUs - thenUs, 0, uint.MaxValue);

    /// <summary>What it is told that this node heard of it. Before a boot has proved itself, each call may bring another one.</summary>
    internal PeerEcho Echo(long nowUs) => _boot != 0 ? new PeerEcho(_boot, _sequence, AgeOf(_heardUs, nowUs)) : _unproven.Next(nowUs);

    /// <summary>Takes one of its heartbeats.</summary>
    /// <param name="message">The heartbeat, authentic and for this node.</param>
    /// <param name="echoedUs">When the round that it echoes was sent; null: no round of this boot, or one too old to prove anything.</param>
    /// <param name="nowUs">Now.</param>
    /// <param name="wallClockMs">This node's wall clock.</param>
    internal PeerVerdict Receive(PeerMessage message, long? echoedUs, long nowUs, long wallClockMs)
    {
        if (message.Boot == _boot)
        {
            if (message.Sequence <= _sequence)
            {
                return PeerVerdict.Replayed;
            }
        }
        else if (_oldBoots.Exists(old => old.Boot == message.Boot && nowUs - old.EndedUs <= _options.EchoWindowUs))
        {
            return PeerVerdict.OldBoot;
        }
        else if (echoedUs is null)
        {
            // Once a boot has proved itself, only another proof says something: what else comes may be a record.
            return _boot != 0 || _unproven.Note(message, nowUs) ? Unproven(nowUs) : PeerVerdict.Replayed;
        }
        else if (_boot != 0 && message.Echo.Sequence <= _echoed)
        {
            // A boot that follows has heard later rounds. This one came late, of a boot that ended before.
            return PeerVerdict.OldBoot;
        }
        else
        {
            Follow(message.Boot, nowUs);
        }

        Take(message, nowUs);
        if (echoedUs is not long sentUs)
        {
            return Unproven(nowUs);
        }

        _echoed = Math.Max(_echoed, message.Echo.Sequence);
        _provenUs = nowUs;
        _hintUntilUs = long.MinValue;
        _aliveUntilUs = Math.Max(_aliveUntilUs, Math.Min(nowUs + _options.DeadAfterUs, sentUs + _options.EchoWindowUs));
        long roundTripUs = Math.Max(0, nowUs - sentUs - message.Echo.AgeUs);
        Status = Status with { RoundTripUs = roundTripUs, ClockAheadMs = message.WallClockMs + (roundTripUs / 2_000) - wallClockMs };
        Advance(nowUs);
        return PeerVerdict.Proof;
    }

    /// <summary>Notes why nothing of it may arrive, which is told if it is silent, and as long as it is noted again in time.</summary>
    internal void Hint(PeerReason reason, long nowUs)
    {
        _hint = reason;
        _hintUntilUs = nowUs + _options.HintUs;
        Advance(nowUs);
    }

    /// <summary>Has the status be what it is at a moment.</summary>
    internal void Advance(long nowUs)
    {
        if (_boot != 0 && _dataPlane == DataPlaneState.Stopped)
        {
            // Nothing of this boot follows. Only what may be of another one says more.
            bool isHinted = nowUs < _hintUntilUs;
            Become(isHinted ? PeerState.Dead : PeerState.Stopped, isHinted ? _hint : PeerReason.Stopped, nowUs);
        }
        else if (_boot != 0 && nowUs < _aliveUntilUs)
        {
            Become(PeerState.Alive, ReasonOf(_dataPlane), nowUs);
        }
        else if (Status.State != PeerState.Unknown || nowUs >= Status.SinceUs + _options.DeadAfterUs)
        {
            PeerReason reason = HearsUsNot(nowUs) ? PeerReason.HearsUsNot : nowUs < _hintUntilUs ? _hint : PeerReason.Silent;
            Become(PeerState.Dead, reason, nowUs);
        }
    }

    private static PeerReason ReasonOf(DataPlaneState dataPlane) => dataPlane switch
    {
        DataPlaneState.Serving => PeerReason.Serving,
        DataPlaneState.Draining => PeerReason.Draining,
        DataPlaneState.NotServing => PeerReason.NotServing,
        DataPlaneState.Stopped => PeerReason.Stopped,
        _ => throw new ArgumentOutOfRangeException(nameof(dataPlane)),
    };

    private PeerVerdict Unproven(long nowUs)
    {
        Advance(nowUs);
        return PeerVerdict.Unproven;
    }

    private void Follow(UInt128 boot, long nowUs)
    {
        if (_boot != 0)
        {
            if (_oldBoots.Count == MaxOldBoots)
            {
                _oldBoots.RemoveAt(0);
            }

            _oldBoots.Add((_boot, nowUs));
            Status = Status with { Restarts = Status.Restarts + 1 };
        }

        _oldBoots.RemoveAll(old => old.Boot == boot);
        _unproven.Clear();
        _boot = boot;
        _sequence = 0;
    }

    private void Take(PeerMessage message, long nowUs)
    {
        _sequence = message.Sequence;
        _heardUs = nowUs;
        _dataPlane = message.DataPlane;
        Status = Status with { LastHeardUs = nowUs, Version = message.Version };
    }

    // Of a node that never proved itself the first heartbeats prove nothing yet, as those of one that just starts.
    private bool HearsUsNot(long nowUs)
    {
        bool isHeard = nowUs - LastHeardUs < _options.DeadAfterUs;
        return isHeard && (_boot != 0 ? _heardUs > _provenUs : nowUs - _unproven.Last!.Value.FirstUs >= _options.DeadAfterUs);
    }

    private void Become(PeerState state, PeerReason reason, long nowUs)
    {
        if (state != Status.State || reason != Status.Reason)
        {
            Status = Status with { State = state, Reason = reason, SinceUs = state == Status.State ? Status.SinceUs : nowUs };
        }
    }
}
