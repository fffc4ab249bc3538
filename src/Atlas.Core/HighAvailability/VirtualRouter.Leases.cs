namespace Atlas.Core.HighAvailability;

/// <summary>A lease that is kept outside of the network of the nodes, by which one that hears nobody learns that another one is master. It
/// is asked for where a master is silent only: who hears one goes by what it hears, and takes the lease along.</summary>
public sealed partial class VirtualRouter
{
    // How often a backup asks again for a lease that another node has, in parts of an interval.
    private const int QuestionsPerInterval = 4;

    /// <summary>Whether the next <see cref="Tick"/> makes this backup master because it hears nobody, and the lease may say
    /// otherwise.</summary>
    public bool MustAskForLease(long nowUs) => State == VirtualRouterState.Backup && nowUs >= _watch.DownAtUs && _watch is
    {
        Cause: VirtualRouterReason.NoAdvertisementHeard, AwaitsLease: false,
    };

    /// <summary>Has a backup that <see cref="MustAskForLease"/> wait for the answer, and whether it hears a master meanwhile; then it goes on as
    /// if there were no lease.</summary>
    /// <param name="limitUs">For how long, in microseconds.</param>
    /// <param name="nowUs">The time.</param>
    /// <returns>Whether to ask. If not, it may have missed a master, and listens anew first.</returns>
    public bool AwaitLease(long limitUs, long nowUs)
    {
        if (_watch.TryBeginAnew(Priority, nowUs))
        {
            Counters.ListenedAnew++;
            return false;
        }

        _watch.AwaitLease(nowUs + limitUs);
        return true;
    }

    /// <summary>Tells that this node has the lease, or that nobody knows who has. A backup that waited for it becomes master.</summary>
    public VirtualRouterOrders GoOnWithLease(long nowUs) =>
        State == VirtualRouterState.Backup && _watch.AwaitsLease ? BecomeMaster(_watch.Cause, nowUs) : default;

    /// <summary>Tells that another node has the lease, and so lives. A backup that waited for it goes on waiting, and a master lets go of the
    /// addresses.</summary>
    public VirtualRouterOrders YieldToLease(long nowUs)
    {
        if (State == VirtualRouterState.Master)
        {
            return BecomeBackup(VirtualRouterReason.LeaseElsewhere, _settings.AdvertiseUs, nowUs) with { Release = true };
        }

        if (State == VirtualRouterState.Backup && _watch.AwaitsLease)
        {
            _watch.Wait(nowUs + (_settings.AdvertiseUs / QuestionsPerInterval));
        }

        return default;
    }
}
