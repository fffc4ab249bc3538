namespace Atlas.Core.HighAvailability;

/// <summary>A backup's watch over the master: its Active_Down_Timer (RFC 9568 6.2), and what it means that it fires.</summary>
internal struct MasterWatch
{
    private long _sinceUs;
    private long _intervalUs;
    private bool _waitsSkewOnly;
    private bool _hasBegunAnew;
    private UInt128 _master;
    private int _masterPriority;

    /// <summary>When the timer fires.</summary>
    internal long DownAtUs { get; private set; }

    /// <summary>Why the node becomes master then.</summary>
    internal VirtualRouterReason Cause { get; private set; }

    /// <summary>Whether the lease was asked for, and nobody was heard since.</summary>
    internal bool AwaitsLease { get; private set; }

    /// <summary>Begins to watch, without knowing whom.</summary>
    /// <param name="priority">This node's.</param>
    /// <param name="intervalUs">What is taken for the master's interval until one is heard.</param>
    /// <param name="nowUs">The time.</param>
    internal void Begin(int priority, long intervalUs, long nowUs)
    {
        _master = default;
        _masterPriority = 0;
        _hasBegunAnew = false;
        Restart(priority, intervalUs, nowUs);
    }

    /// <summary>A master was heard, and this node leaves it alone.</summary>
    internal void Follow(int priority, in HeardAdvertisement heard, UInt128 sender, long nowUs)
    {
        _master = sender;
        _masterPriority = heard.Priority;
        _hasBegunAnew = false;
        Restart(priority, heard.IntervalUs, nowUs);
    }

    /// <summary>A master was heard that this node does not leave alone: the timer goes on.</summary>
    internal void Disregard(in HeardAdvertisement heard, UInt128 sender)
    {
        if (Cause == VirtualRouterReason.NoAdvertisementHeard)
        {
            AwaitsLease = false;
            Cause = sender == _master && heard.Priority < _masterPriority
                ? VirtualRouterReason.MasterPriorityFell
                : VirtualRouterReason.LowerPriorityPreempted;
        }
    }

    /// <summary>The master said that it stops.</summary>
    internal void HearStop(int priority, long nowUs)
    {
        _waitsSkewOnly = true;
        _sinceUs = nowUs;
        AwaitsLease = false;
        Cause = VirtualRouterReason.MasterStopped;
        Set(priority);
    }

    /// <summary>Sets the timer for another priority of this node; not while it waits for a lease, of which it was due before.</summary>
    internal void Set(int priority) =>
        DownAtUs = AwaitsLease ? DownAtUs : _sinceUs + (_waitsSkewOnly
            ? VirtualRouterTimes.SkewUs(priority, _intervalUs)
            : VirtualRouterTimes.DownUs(priority, _intervalUs));

    /// <summary>Has the timer fire at another time: the lease was asked for.</summary>
    internal void AwaitLease(long untilUs)
    {
        AwaitsLease = true;
        DownAtUs = untilUs;
    }

    /// <summary>Has the timer fire at another time: another node has the lease.</summary>
    internal void Wait(long untilUs)
    {
        AwaitsLease = false;
        DownAtUs = untilUs;
    }

    /// <summary>Begins anew if the timer fires so late that the node may have missed a master, and did not do so already.</summary>
    internal bool TryBeginAnew(int priority, long nowUs)
    {
        if (_hasBegunAnew || nowUs - DownAtUs <= _intervalUs)
        {
            return false;
        }

        _hasBegunAnew = true;
        Restart(priority, _intervalUs, nowUs);
        return true;
    }

    private void Restart(int priority, long intervalUs, long nowUs)
    {
        _intervalUs = intervalUs;
        _sinceUs = nowUs;
        _waitsSkewOnly = false;
        AwaitsLease = false;
        Cause = VirtualRouterReason.NoAdvertisementHeard;
        Set(priority);
    }
}
