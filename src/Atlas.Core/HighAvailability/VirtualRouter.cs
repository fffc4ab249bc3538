using System.Net;

namespace Atlas.Core.HighAvailability;

/// <summary>
/// One node's part in a virtual router: the state machine of RFC 9568 6.4, without sockets and clock. Inputs come with the time
/// in microseconds of a monotonic clock, which should also count the time that the machine is suspended (CLOCK_BOOTTIME); what
/// comes back is what to do. One thread calls; nothing is allocated.
/// <code>
///   state       input                                      becomes      orders
///   Initialize  start, priority 255                        Master       advertise, take, announce
///   Initialize  start                                      Backup       (waits Active_Down_Interval)
///   Backup      stop                                       Initialize
///   Backup      Active_Down_Timer fires                    Master       advertise, take, announce
///   Backup      heard priority 0                           Backup       (waits Skew_Time)
///   Backup      heard one not lower, or no preemption      Backup       (waits Active_Down_Interval of what it heard)
///   Backup      heard a lower one                          Backup       (goes on waiting)
///   Master      stop                                       Initialize   release, advertise 0
///   Master      Adver_Timer fires                          Master       advertise
///   Master      heard priority 0                           Master       advertise
///   Master      heard a higher one, or an equal one from   Backup       release, advertise *
///               a higher address
///   Master      heard a lower one                          Master       advertise, announce *
/// </code>
/// What the RFC does not have (marked *, and the following):
/// <code>
///   Initialize  start, with a fault                        Fault
///   Backup      goes on for a master                       Master       advertise, take, announce
///   Backup      a fault begins                             Fault
///   Master      a fault begins                             Fault        release, advertise 0
///   Fault       stop                                       Initialize
///   Fault       the fault ends                             as at start
///   Master      any input, after a pause                   Backup       release (waits Active_Down_Interval)
///   Backup      Active_Down_Timer fires, after a pause     Backup       (waits Active_Down_Interval once more)
///   Backup      another node has the lease                 Backup       (waits a part of an interval)
///   Master      another node has the lease                 Backup       release (waits Active_Down_Interval)
/// </code>
/// <para>
/// <b>Split brain.</b> Where two masters meet, hosts near the loser still have the loser's MAC address. The winner has to announce
/// itself again, and it knows of a loser only if it hears it. So the loser advertises a last time before it becomes a backup
/// (<c>higher_prio_send_advert</c> of keepalived), and the winner announces whenever it hears a lower master.
/// </para>
/// <para>
/// <b>Pauses.</b> A process that is stopped, starved, or whose machine is suspended goes on as if no time had passed. A master
/// that did so must not send anything while another one may have taken over. The others wait three intervals and their skew after
/// the last advertisement that they heard, and they hear it no earlier than it is sent; none of them takes over before three
/// intervals are over since the last sending. So a master that finds itself silent for less goes on: its next advertisement
/// arrives before a timer fires, give or take the network's delay, and if that is longer than the skew, two masters are there
/// until the one hears the other, which is within one advertisement. From three intervals on it cannot know, becomes a backup
/// before anything else, and listens. It gives the addresses up even where nobody took over, for which it pays with one more
/// Active_Down_Interval without a master. Its kernel answers for the addresses while the process is stopped; nothing in here can
/// change that.
/// </para>
/// <para>
/// A backup cannot know, either, whether a master advertised meanwhile; callers should hand over all advertisements that wait in
/// the socket before they tick. One that ticks more than an interval late listens anew, but only once until it hears something,
/// so that a machine which is always late still has a master.
/// </para>
/// </summary>
public sealed partial class VirtualRouter
{
    /// <summary>How many advertisements a master sends between two regular ones because of what it hears. Without a limit, two
    /// nodes that both think they win would answer each other as fast as the network carries it.</summary>
    public const int MaxAssertions = 3;

    private VirtualRouterSettings _settings;
    private AdvertisementFilter _filter;

    private bool _hasFault;
    private bool _isStarted;

    // Backup.
    private MasterWatch _watch;
    private long _mayPreemptAtUs;

    // Master.
    private long _sentAtUs;
    private long _advertiseAtUs;
    private int _assertions;
    private AnnouncementSchedule _announcements;

    /// <summary>A virtual router that is not started yet.</summary>
    /// <param name="settings">What it goes by.</param>
    /// <exception cref="ArgumentException">A value is outside its range, or addresses are of two families.</exception>
    public VirtualRouter(VirtualRouterSettings settings)
    {
        settings.Check();
        _settings = settings;
        _filter = new AdvertisementFilter(settings, Counters);
        _announcements = new AnnouncementSchedule(settings);
        Priority = settings.Priority;
    }

    /// <summary>The state.</summary>
    public VirtualRouterState State { get; private set; }

    /// <summary>The priority that counts now: as configured, or as it was changed.</summary>
    public int Priority { get; private set; }

    /// <summary>What it has counted.</summary>
    public VirtualRouterCounters Counters { get; } = new();

    /// <summary>When to call <see cref="Tick"/>, unless another input comes before; <see cref="long.MaxValue"/>: not at all. It may
    /// change with each input.</summary>
    public long NextDeadlineUs => State switch
    {
        VirtualRouterState.Backup => _watch.DownAtUs,
        VirtualRouterState.Master => Math.Min(_advertiseAtUs, _announcements.NextUs),
        VirtualRouterState.Initialize or VirtualRouterState.Fault => AnnouncementSchedule.Never,
        _ => throw new InvalidOperationException("The state is unknown."),
    };

    /// <summary>Begins to take part. Nothing happens if it does already.</summary>
    public VirtualRouterOrders Start(long nowUs)
    {
        if (_isStarted)
        {
            return default;
        }

        _isStarted = true;
        return _hasFault
            ? Leave(VirtualRouterState.Fault, VirtualRouterReason.InterfaceLost, nowUs)
            : Join(VirtualRouterReason.Started, nowUs);
    }

    /// <summary>Goes on as the master that another process of this node was until now: the addresses are here, and the others heard an
    /// advertisement less than three intervals ago. Nothing happens where it is no backup.</summary>
    public VirtualRouterOrders Continue(long nowUs) =>
        State == VirtualRouterState.Backup ? BecomeMaster(VirtualRouterReason.Continued, nowUs) : default;

    /// <summary>Stops to take part; a master tells the others, so that the best of them takes over at once.</summary>
    public VirtualRouterOrders Stop(long nowUs)
    {
        if (!_isStarted)
        {
            return default;
        }

        _isStarted = false;
        return Leave(VirtualRouterState.Initialize, VirtualRouterReason.Stopped, nowUs);
    }

    /// <summary>Tells that the node cannot have the addresses: the interface is gone, is down, has no address to send from, or does not take
    /// them. Nothing happens if it was told already.</summary>
    public VirtualRouterOrders BeginFault(long nowUs)
    {
        _hasFault = true;
        return State is VirtualRouterState.Backup or VirtualRouterState.Master
            ? Leave(VirtualRouterState.Fault, VirtualRouterReason.InterfaceLost, nowUs)
            : default;
    }

    /// <summary>Tells that the fault is over; it begins as at a start. Nothing happens without one.</summary>
    public VirtualRouterOrders EndFault(long nowUs)
    {
        _hasFault = false;
        return State == VirtualRouterState.Fault ? Join(VirtualRouterReason.FaultOver, nowUs) : default;
    }

    /// <summary>
    /// Changes the priority that counts, because of what the node watches. A master advertises it at once; whether it stays master
    /// is for the others to decide.
    /// </summary>
    /// <param name="priority">The priority. It is brought into 1 to 254: 0 would say that the node stops, and 255 is for a node that
    /// is configured with it.</param>
    /// <param name="nowUs">The time.</param>
    public VirtualRouterOrders ChangePriority(int priority, long nowUs)
    {
        int before = Priority;
        Priority = Math.Clamp(priority, 1, _settings.MaxPriority);
        if (Priority > before && State != VirtualRouterState.Master)
        {
            _mayPreemptAtUs = nowUs + _settings.PreemptDelayUs;
        }

        if (Priority != before && State == VirtualRouterState.Backup)
        {
            _watch.Set(Priority);
        }

        return State != VirtualRouterState.Master || Priority == before ? default : IsPaused(nowUs) ? StepBack(nowUs) : Assert(nowUs);
    }

    /// <summary>Goes by other settings, in whatever state it is. Of the priority <see cref="ChangePriority"/> tells; interval and primary
    /// address stay. A master announces new addresses when it is due.</summary>
    /// <exception cref="ArgumentException">A value is outside its range, or an address is of the other family.</exception>
    public void ChangeSettings(VirtualRouterSettings settings, long nowUs)
    {
        settings = settings with { AdvertiseUs = _settings.AdvertiseUs, PrimaryAddress = _settings.PrimaryAddress };
        settings.Check();
        bool hasOthers = !settings.Addresses.Equals(_settings.Addresses);
        _settings = settings;
        _filter = new AdvertisementFilter(_settings, Counters) { Primary = _filter.Primary };
        _announcements.Change(_settings, hasOthers && State == VirtualRouterState.Master, nowUs);
    }

    /// <summary>Changes the address that this node sends from.</summary>
    /// <exception cref="ArgumentException">It is of the other family.</exception>
    public void ChangePrimaryAddress(IPAddress address)
    {
        if (!AddressKey.AreAlike(address, _settings.PrimaryAddress))
        {
            throw new ArgumentException("The family of the primary address does not change.", nameof(address));
        }

        _filter.Primary = AddressKey.Of(address);
    }

    /// <summary>Tells a master that it announces itself with another hardware address. Nothing happens to others.</summary>
    public VirtualRouterOrders AnnounceAnew(long nowUs)
    {
        if (State != VirtualRouterState.Master || IsPaused(nowUs))
        {
            return default;
        }

        _announcements.Begin(nowUs);
        return new VirtualRouterOrders { Announce = TakeAnnouncement(nowUs) };
    }

    /// <summary>Does what is due.</summary>
    public VirtualRouterOrders Tick(long nowUs) => State switch
    {
        VirtualRouterState.Backup when nowUs >= _watch.DownAtUs => TickAsBackup(nowUs),
        VirtualRouterState.Master => IsPaused(nowUs) ? StepBack(nowUs) : TickAsMaster(nowUs),
        _ => default,
    };

    /// <summary>Takes an advertisement that was heard.</summary>
    public VirtualRouterOrders Hear(in HeardAdvertisement heard, long nowUs)
    {
        if (!_filter.Takes(heard, State is VirtualRouterState.Backup or VirtualRouterState.Master))
        {
            return default;
        }

        UInt128 sender = AddressKey.Of(heard.Sender);
        if (State == VirtualRouterState.Backup)
        {
            HearAsBackup(heard, sender, nowUs);
            return default;
        }

        if (IsPaused(nowUs))
        {
            VirtualRouterOrders orders = StepBack(nowUs);
            HearAsBackup(heard, sender, nowUs);
            return orders;
        }

        if (heard.Priority > Priority)
        {
            return GiveWay(heard, sender, VirtualRouterReason.HigherPriorityHeard, nowUs);
        }

        if (heard.Priority == Priority && sender > _filter.Primary)
        {
            return GiveWay(heard, sender, VirtualRouterReason.EqualPriorityHigherAddressHeard, nowUs);
        }

        if (heard.Priority != 0)
        {
            _announcements.Begin(nowUs);
        }

        return Assert(nowUs) with { Announce = TakeAnnouncement(nowUs) };
    }

    private void HearAsBackup(in HeardAdvertisement heard, UInt128 sender, long nowUs)
    {
        bool mayPreempt = Priority == VirtualRouterSettings.OwnerPriority || (_settings.Preempt && nowUs >= _mayPreemptAtUs);
        if (heard.Priority == 0)
        {
            _watch.HearStop(Priority, nowUs);
        }
        else if (mayPreempt && heard.Priority < Priority)
        {
            _watch.Disregard(heard, sender);
        }
        else
        {
            _watch.Follow(Priority, heard, sender, nowUs);
        }
    }

    private VirtualRouterOrders TickAsBackup(long nowUs)
    {
        if (_watch.TryBeginAnew(Priority, nowUs))
        {
            Counters.ListenedAnew++;
            return default;
        }

        return BecomeMaster(_watch.Cause, nowUs);
    }

    private VirtualRouterOrders TickAsMaster(long nowUs)
    {
        byte? advertise = null;
        if (nowUs >= _advertiseAtUs)
        {
            // From when it was due, so that lateness does not add up.
            long nextUs = Math.Max(_advertiseAtUs + _settings.AdvertiseUs, nowUs + (_settings.AdvertiseUs / 2));
            advertise = Advertise(nowUs);
            _advertiseAtUs = nextUs;
            _assertions = 0;
        }

        return new VirtualRouterOrders { Advertise = advertise, Announce = TakeAnnouncement(nowUs) };
    }

    // Whether another node may be master by now.
    private bool IsPaused(long nowUs) => nowUs - _sentAtUs >= VirtualRouterTimes.MissingAdvertisements * _settings.AdvertiseUs;

    private VirtualRouterOrders StepBack(long nowUs)
    {
        Counters.Pauses++;
        _mayPreemptAtUs = nowUs + _settings.PreemptDelayUs;
        return BecomeBackup(VirtualRouterReason.Paused, _settings.AdvertiseUs, nowUs) with { Release = true };
    }

    private VirtualRouterOrders GiveWay(in HeardAdvertisement heard, UInt128 sender, VirtualRouterReason reason, long nowUs)
    {
        byte last = Advertise(nowUs);
        VirtualRouterOrders orders = BecomeBackup(reason, heard.IntervalUs, nowUs);
        _watch.Follow(Priority, heard, sender, nowUs);
        return orders with { Release = true, Advertise = last };
    }

    private VirtualRouterOrders Assert(long nowUs)
    {
        if (_assertions >= MaxAssertions)
        {
            Counters.WithheldAssertions++;
            return default;
        }

        _assertions++;
        return new VirtualRouterOrders { Advertise = Advertise(nowUs) };
    }

    private byte Advertise(long nowUs)
    {
        Counters.Advertised++;
        _sentAtUs = nowUs;
        _advertiseAtUs = nowUs + _settings.AdvertiseUs;
        return (byte)Priority;
    }

    private bool TakeAnnouncement(long nowUs)
    {
        bool isDue = _announcements.TryTake(nowUs);
        Counters.Announced += isDue ? 1 : 0;
        return isDue;
    }

    private VirtualRouterOrders Join(VirtualRouterReason reason, long nowUs)
    {
        _mayPreemptAtUs = nowUs + _settings.PreemptDelayUs;
        return Priority == VirtualRouterSettings.OwnerPriority ? BecomeMaster(reason, nowUs) : BecomeBackup(reason, _settings.AdvertiseUs, nowUs);
    }

    private VirtualRouterOrders Leave(VirtualRouterState to, VirtualRouterReason reason, long nowUs)
    {
        bool wasMaster = State == VirtualRouterState.Master;
        bool mayTell = wasMaster && !IsPaused(nowUs);
        _announcements.End();
        Counters.Advertised += mayTell ? 1 : 0;
        return new VirtualRouterOrders { Release = wasMaster, Advertise = mayTell ? (byte)0 : null, Transition = Enter(to, reason, nowUs) };
    }

    private VirtualRouterOrders BecomeBackup(VirtualRouterReason reason, long intervalUs, long nowUs)
    {
        _announcements.End();
        _watch.Begin(Priority, intervalUs, nowUs);
        return new VirtualRouterOrders { Transition = Enter(VirtualRouterState.Backup, reason, nowUs) };
    }

    private VirtualRouterOrders BecomeMaster(VirtualRouterReason reason, long nowUs)
    {
        Counters.BecameMaster++;
        _assertions = 0;
        _announcements.Begin(nowUs);
        return new VirtualRouterOrders
        {
            Advertise = Advertise(nowUs),
            Take = true,
            Announce = TakeAnnouncement(nowUs),
            Transition = Enter(VirtualRouterState.Master, reason, nowUs),
        };
    }

    private VirtualRouterTransition Enter(VirtualRouterState to, VirtualRouterReason reason, long nowUs)
    {
        var transition = new VirtualRouterTransition(State, to, reason, nowUs);
        State = to;
        return transition;
    }
}
