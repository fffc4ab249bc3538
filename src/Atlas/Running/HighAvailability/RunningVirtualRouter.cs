using System.Net;
using Atlas.Core.Configuration;
using Atlas.Core.HighAvailability;
using Atlas.Engine.Filters;
using Atlas.Engine.Links;
using Atlas.Protocols.Vrrp;

namespace Atlas.Running.HighAvailability;

/// <summary>A virtual router on its interface: does what its state machine orders. The thread of <see cref="VirtualRouters"/> only,
/// but for <see cref="Status"/>.</summary>
internal sealed partial class RunningVirtualRouter : IDisposable
{
    // In farewells: a backup goes by the interval that it heard last, and takes over a part of it after the priority 0
    // (RFC 9568 6.4.2, Skew_Time). A short one has it take over within 50 ms, whatever the regular interval is.
    private const int FarewellIntervalMs = 50;

    // For how long the addresses stay after a farewell while no successor is heard, so that nobody asks in vain meanwhile.
    private const long FarewellUs = 500_000;

    // Until an interface that refused the addresses is tried again, twice as long each time; and until one is looked at again that
    // lacks something, of which the kernel need not tell that it is there.
    private const long RetryUs = 1_000_000;
    private const long MaxRetryUs = 32_000_000;

    // Between two lines that advertisements cannot be sent, where now one can and now one cannot.
    private const long SaySendUs = 60_000_000;

    // More than wait in a socket of the default size, so that all that came is heard before the timers; a flood does not hold them up.
    private const int MaxReceives = 1_024;

    // How often the addresses' time is renewed: at least three times before it ends, so that two that come late or fail take nothing
    // away. Half a second does for two seconds and more; of one second, which is the shortest, a quarter.
    private const long ShortRenewalUs = 250_000;
    private const long LongRenewalUs = 500_000;

    private readonly VirtualRouterLink _link;
    private readonly VirtualRouterFilter _filter;
    private readonly Action<VirtualRouterEvent> _changed;
    private readonly Action<string> _say;
    private readonly int _keepSeconds;
    private readonly VirtualRouter _router;
    private VirtualRouterConfig _config;
    private long _keepAtUs = long.MaxValue;
    private long _releaseAtUs = long.MaxValue;
    private long _retryAtUs = long.MaxValue;
    private long _retryUs = RetryUs;
    private long _lookAtUs = long.MaxValue;
    private long _malformed;
    private bool _hasFailedToSend;
    private long _maySaySendUs = long.MinValue;
    private string _lowered = "";
    private string _failure = "";
    private IPAddress? _heardFrom;
    private int _heardPriority;
    private volatile VirtualRouterStatus _status;

    internal RunningVirtualRouter(
        VirtualRouterConfig config,
        IReadOnlyList<AcceptedPort> served,
        LinkTable table,
        LinkPoller poller,
        ConnectionCutter? cutter,
        Action<VirtualRouterEvent> changed,
        Action<string> say,
        Func<RunningVirtualRouter, StoreLease?> storeLease)
    {
        _config = config;
        _changed = changed;
        _say = say;
        _link = new VirtualRouterLink(config, table, poller, cutter);
        _filter = new VirtualRouterFilter(say);
        _filter.Serve(served, 0, 0);
        _keepSeconds = VirtualRouterFilter.KeepSeconds(config);
        _router = new VirtualRouter(SettingsOf(config));
        _storeLease = storeLease(this);
        _status = new VirtualRouterStatus
        {
            Config = config,
            State = VirtualRouterState.Initialize,
            Priority = config.Priority,
            Lowered = "",
            Since = DateTimeOffset.UtcNow,
            Reason = "",
            HeardFrom = null,
            HeardPriority = 0,
            Missing = null,
            Lease = null,
            Conflict = null,
            Counters = _router.Counters,
            Malformed = 0,
            Misdirected = 0,
        };
    }

    internal VirtualRouterConfig Config => _config;

    /// <summary>How it is. Any thread.</summary>
    internal VirtualRouterStatus Status => _status;

    /// <summary>When to call <see cref="Tick"/> at the latest, in the microseconds of the boot clock.</summary>
    internal long NextUs =>
        Math.Min(Math.Min(Math.Min(_router.NextDeadlineUs, _keepAtUs), Math.Min(_releaseAtUs, _retryAtUs)), _lookAtUs);

    /// <summary>Whether the addresses are still here after a farewell.</summary>
    internal bool IsLeaving => _releaseAtUs != long.MaxValue;

    private long RenewalUs => _keepSeconds > 1 ? LongRenewalUs : ShortRenewalUs;

    /// <summary>Begins to take part. Addresses that are on the interface already are a crash's, or an earlier process's that goes on
    /// in this one.</summary>
    /// <param name="continues">Whether this node is master already: the process before had the addresses, and ends.</param>
    /// <param name="nowUs">The time.</param>
    internal void Start(bool continues, long nowUs)
    {
        _link.Look();
        if (!continues)
        {
            _link.RemoveLeft();
            VirtualRouterFilter.RemoveLeft(_config);
        }

        FollowLink(nowUs);
        if (_link.Missing is not null)
        {
            _router.BeginFault(nowUs);
        }

        VirtualRouterOrders begun = _router.Start(nowUs);
        if (continues && _router.State == VirtualRouterState.Backup)
        {
            // It was a backup for no time, of which nobody needs to hear.
            begun = _router.Continue(nowUs);
        }

        Do(begun, nowUs);
    }

    /// <summary>Looks at the interface, of which something changed.</summary>
    internal void Look(long nowUs)
    {
        HardwareAddress before = _link.Hardware;
        _link.Look();
        FollowLink(nowUs);
        if (_link.Missing is not null)
        {
            Do(_router.BeginFault(nowUs), nowUs);
        }
        else if (_retryAtUs == long.MaxValue)
        {
            Do(_router.EndFault(nowUs), nowUs);
        }

        if (_link.Hardware != before)
        {
            // Hosts go on to send to the one before.
            Do(_router.AnnounceAnew(nowUs), nowUs);
        }

        if (_status.Missing != _link.Missing)
        {
            Publish();
        }
    }

    /// <summary>An address that this process has put somewhere is gone, perhaps one of these: the kernel takes all of a network off
    /// with the first of them.</summary>
    internal void KeepAtOnce(long nowUs) => _keepAtUs = _keepAtUs == long.MaxValue ? _keepAtUs : nowUs;

    /// <summary>Takes what was received.</summary>
    internal void Receive(long nowUs)
    {
        Span<byte> room = stackalloc byte[LinkAddress.MaxLength];
        int left = MaxReceives;
        while (_link.TryReceive(out VrrpAdvertisement advertisement, out ReadOnlySpan<byte> sender, room, ref _malformed, ref left))
        {
            if (IsLeaving && advertisement.Priority > 0)
            {
                Release();
            }

            Note(sender, advertisement.Priority);
            long others = _router.Counters.HeardOtherAddresses;
            Do(
                _router.Hear(
                    new HeardAdvertisement
                    {
                        Priority = advertisement.Priority,
                        IntervalUs = advertisement.IntervalCentiseconds * 10_000L,
                        Sender = sender,
                        Addresses = advertisement.Addresses,
                    },
                    nowUs),
                nowUs);
            NoteAddresses(advertisement, sender, _router.Counters.HeardOtherAddresses > others, nowUs);
        }

        NoteVersion(nowUs);
        if (_malformed != _status.Malformed || _link.Misdirected != _status.Misdirected)
        {
            Publish();
        }
    }

    /// <summary>Does what is due.</summary>
    internal void Tick(long nowUs)
    {
        if (nowUs >= _router.NextDeadlineUs && !AsksForLease(nowUs))
        {
            Do(_router.Tick(nowUs), nowUs);
        }

        if (nowUs >= Math.Min(_retryAtUs, _lookAtUs))
        {
            _retryAtUs = nowUs >= _retryAtUs ? long.MaxValue : _retryAtUs;
            Look(nowUs);
        }

        if (nowUs >= _releaseAtUs)
        {
            Release();
        }

        if (nowUs >= _keepAtUs)
        {
            Keep(nowUs);
        }
    }

    /// <summary>Stops to take part. A master says so to the others, with a short interval, and keeps the addresses until one of them
    /// is heard, half a second at most: see <see cref="IsLeaving"/>.</summary>
    internal void Stop(long nowUs)
    {
        bool wasMaster = _router.State == VirtualRouterState.Master;
        VirtualRouterOrders orders = _router.Stop(nowUs);
        if (wasMaster && orders.Advertise is not null)
        {
            _filter.Hold(_config, nowUs, (int)(FarewellUs / 1_000));
            _link.Send((byte)_router.Priority, FarewellIntervalMs);
            _link.Send(VrrpAdvertisement.PriorityStopped, FarewellIntervalMs);
            _releaseAtUs = nowUs + FarewellUs;
            orders = orders with { Release = false, Advertise = null };
        }

        Do(orders, nowUs);
    }

    /// <summary>Stops without a word, and leaves the addresses to the process that goes on with them.</summary>
    internal void Leave()
    {
        _keepAtUs = long.MaxValue;
        _storeLease?.Dispose();
        _filter.Dispose();
        _link.Dispose();
    }

    public void Dispose()
    {
        if (_router.State == VirtualRouterState.Master || IsLeaving)
        {
            Release();
        }

        if (_router.State == VirtualRouterState.Master)
        {
            _link.Send(VrrpAdvertisement.PriorityStopped, FarewellIntervalMs);
            _storeLease?.Drop();
        }

        _storeLease?.Dispose();
        _filter.Dispose();
        _link.Dispose();
    }

    private static VirtualRouterSettings SettingsOf(VirtualRouterConfig config) =>
        VirtualRouterSettings.From(config, config.IsIPv6 ? IPAddress.IPv6Any : IPAddress.Any);

    private void Do(in VirtualRouterOrders orders, long nowUs)
    {
        if (orders.Release)
        {
            // After a pause, or without a link, nobody may have taken over, and connections outlive a moment.
            Release(cuts: orders.Transition is not { Reason: VirtualRouterReason.Paused or VirtualRouterReason.InterfaceLost });
        }

        // First of all: who cannot have the addresses must not have another one let go of them.
        int taken = orders.Take ? Take(nowUs) : 0;
        if (orders.Advertise is byte priority && taken >= 0)
        {
            // Before the others begin to count, so that it ends before they take over.
            taken = orders.Take ? taken : _filter.Renew(_config, nowUs);
            Send(priority, nowUs);
        }

        if (orders.Announce && taken >= 0)
        {
            _link.Announce();
        }

        if (orders.Transition is { } change)
        {
            FollowLease(change);
            string reason = Words(change.Reason);
            Publish(DateTimeOffset.UtcNow, reason);
            _changed(new VirtualRouterEvent(_config, change.From, change.To, reason));
        }

        if (taken < 0)
        {
            Fail(taken, hasTold: !orders.Take, nowUs);
        }
    }

    /// <summary>Takes what the last look at the interface has found.</summary>
    private void FollowLink(long nowUs)
    {
        _lookAtUs = _link.Missing is null ? long.MaxValue : nowUs + RetryUs;
        if (_link.Missing is null)
        {
            _router.ChangePrimaryAddress(_link.Primary!);
        }
    }

    private void Send(byte priority, long nowUs)
    {
        int result = _link.Send(priority, _config.AdvertiseMs);
        if (result < 0 && !_hasFailedToSend && nowUs >= _maySaySendUs)
        {
            _say($"virtual router {_status.Name} cannot send advertisements: {LinkRights.Text(result)}");
            _maySaySendUs = nowUs + SaySendUs;
        }

        _hasFailedToSend = result < 0;
    }
}
