namespace Atlas.Core.HighAvailability;

/// <summary>Why a node's state changed.</summary>
public enum VirtualRouterReason : byte
{
    /// <summary>It was started.</summary>
    Started,

    /// <summary>It goes on for a master before it on the same node.</summary>
    Continued,

    /// <summary>It was stopped.</summary>
    Stopped,

    /// <summary>The master was silent for the Active_Down_Interval, or there was none.</summary>
    NoAdvertisementHeard,

    /// <summary>The master said that it stops (priority 0).</summary>
    MasterStopped,

    /// <summary>Another node is master with a lower priority.</summary>
    LowerPriorityPreempted,

    /// <summary>The master's priority fell below this node's.</summary>
    MasterPriorityFell,

    /// <summary>Another master has a higher priority.</summary>
    HigherPriorityHeard,

    /// <summary>Another master has the same priority and the higher address.</summary>
    EqualPriorityHigherAddressHeard,

    /// <summary>The node did not run for so long that another one may be master.</summary>
    Paused,

    /// <summary>Another node has the lease.</summary>
    LeaseElsewhere,

    /// <summary>The interface was lost, or does not take the addresses.</summary>
    InterfaceLost,

    /// <summary>What kept it from taking part is over.</summary>
    FaultOver,
}
