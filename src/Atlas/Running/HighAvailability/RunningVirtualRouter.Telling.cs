using System.Net;
using Atlas.Core.HighAvailability;

namespace Atlas.Running.HighAvailability;

/// <summary>What a virtual router tells of itself.</summary>
internal sealed partial class RunningVirtualRouter
{
    private void Note(ReadOnlySpan<byte> sender, int priority)
    {
        if (_heardFrom is null || _heardPriority != priority || !IsFrom(sender, _heardFrom))
        {
            _heardFrom = new IPAddress(sender);
            _heardPriority = priority;
            Publish();
        }
    }

    private void Publish() => Publish(_status.Since, _status.Reason);

    private void Publish(DateTimeOffset since, string reason) => _status = _status with
    {
        State = _router.State,
        Priority = _router.Priority,
        Lowered = _lowered,
        Since = since,
        Reason = reason,
        HeardFrom = _heardFrom,
        HeardPriority = _heardPriority,
        Missing = _link.Missing,
        Lease = _leaseWords,
        Conflict = _conflict,
        Malformed = _malformed,
        Misdirected = _link.Misdirected,
    };

    private string Words(VirtualRouterReason reason)
    {
        string heard = _heardFrom is null ? "" : $" ({_heardFrom}, priority {_heardPriority})";
        return reason switch
        {
            VirtualRouterReason.Started => "started",
            VirtualRouterReason.Continued => "goes on from the process before",
            VirtualRouterReason.Stopped => "asked to stop",
            VirtualRouterReason.NoAdvertisementHeard => _heardFrom is null ? "no other master was heard" : $"the master is silent{heard}",
            VirtualRouterReason.MasterStopped => $"the master stopped{heard}",
            VirtualRouterReason.LowerPriorityPreempted => $"the master's priority is lower{heard}",
            VirtualRouterReason.MasterPriorityFell => $"the master's priority fell{heard}",
            VirtualRouterReason.HigherPriorityHeard => $"a master of higher priority was heard{heard}",
            VirtualRouterReason.EqualPriorityHigherAddressHeard => $"a master of equal priority and a higher address was heard{heard}",
            VirtualRouterReason.Paused => "this process did not run for too long; others may have taken over",
            VirtualRouterReason.LeaseElsewhere => "another node has the lease, and so lives",
            VirtualRouterReason.InterfaceLost => _failure.Length > 0 ? _failure : $"{_config.Interface}: {_link.Missing}",
            VirtualRouterReason.FaultOver => $"{_config.Interface} is there again",
            _ => throw new ArgumentOutOfRangeException(nameof(reason)),
        };
    }
}
