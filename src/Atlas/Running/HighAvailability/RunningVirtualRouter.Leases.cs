using Atlas.Control.HighAvailability.Leases;
using Atlas.Core.HighAvailability;

namespace Atlas.Running.HighAvailability;

/// <summary>What a virtual router does with the lease that a store keeps of it.</summary>
internal sealed partial class RunningVirtualRouter
{
    // A backup that hears nobody for a moment has it until it hears this one, and lets go of it.
    private const int MaxLostAnswers = 2;

    private readonly StoreLease? _storeLease;
    private int _lostAnswers;
    private string? _leaseWords;

    /// <summary>Takes what the store says of the lease.</summary>
    /// <param name="answer">It.</param>
    /// <param name="isOfClaim">Whether it is the answer to a backup.</param>
    /// <param name="nowUs">The time.</param>
    internal void TakeLease(in LeaseAnswer answer, bool isOfClaim, long nowUs)
    {
        bool isElsewhere = answer.Other.Length > 0;
        Tell(isElsewhere ? $"{answer.Other} has it" : answer.IsHeld ? "held" : answer.Problem, isProblem: answer.Problem.Length > 0);
        if (!isElsewhere)
        {
            _lostAnswers = 0;
            Do(_router.GoOnWithLease(nowUs), nowUs);
        }
        else if (_router.State != VirtualRouterState.Master)
        {
            Do(_router.YieldToLease(nowUs), nowUs);
        }
        else if (!isOfClaim && ++_lostAnswers >= MaxLostAnswers)
        {
            _lostAnswers = 0;
            Do(_router.YieldToLease(nowUs), nowUs);
        }

        if (isOfClaim && answer.IsHeld && _router.State != VirtualRouterState.Master)
        {
            // A master was heard meanwhile.
            _storeLease!.Drop();
        }
    }

    /// <summary>Whether the lease is asked for, which has a backup that hears nobody wait.</summary>
    private bool AsksForLease(long nowUs)
    {
        if (_storeLease is null || !_router.MustAskForLease(nowUs))
        {
            return false;
        }

        if (_router.AwaitLease((long)StoreLeases.LimitOf(_config).TotalMicroseconds, nowUs))
        {
            _storeLease.Claim();
        }

        return true;
    }

    private void FollowLease(VirtualRouterTransition change)
    {
        if (change.To == VirtualRouterState.Master)
        {
            // Who heard nobody may be wrong, and lets go of the addresses if it is.
            _storeLease?.Hold(seizes: change.Reason != VirtualRouterReason.NoAdvertisementHeard);
        }
        else if (change.From == VirtualRouterState.Master)
        {
            _leaseWords = null;
            _storeLease?.Drop();
        }
    }

    private void Tell(string words, bool isProblem)
    {
        if (words == _leaseWords)
        {
            return;
        }

        if (isProblem)
        {
            _say($"virtual router {_status.Name} goes without its lease: store {_config.Store}: {words}");
        }
        else if (_leaseWords is not null)
        {
            _say($"virtual router {_status.Name}: lease in store {_config.Store}: {words}");
        }

        _leaseWords = words;
        Publish();
    }
}
