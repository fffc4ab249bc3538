namespace Atlas.Core.HighAvailability;

/// <summary>The words of logs, metrics and the admin API for what virtual routers are.</summary>
public static class VirtualRouterWords
{
    /// <summary>A state: <c>backup</c>.</summary>
    public static string Word(this VirtualRouterState state) => state switch
    {
        VirtualRouterState.Initialize => "initialize",
        VirtualRouterState.Backup => "backup",
        VirtualRouterState.Master => "master",
        VirtualRouterState.Fault => "fault",
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };

    /// <summary>A reason: <c>master_stopped</c>.</summary>
    public static string Word(this VirtualRouterReason reason) => reason switch
    {
        VirtualRouterReason.Started => "started",
        VirtualRouterReason.Continued => "continued",
        VirtualRouterReason.Stopped => "stopped",
        VirtualRouterReason.NoAdvertisementHeard => "no_advertisement_heard",
        VirtualRouterReason.MasterStopped => "master_stopped",
        VirtualRouterReason.LowerPriorityPreempted => "lower_priority_preempted",
        VirtualRouterReason.MasterPriorityFell => "master_priority_fell",
        VirtualRouterReason.HigherPriorityHeard => "higher_priority_heard",
        VirtualRouterReason.EqualPriorityHigherAddressHeard => "equal_priority_higher_address_heard",
        VirtualRouterReason.Paused => "paused",
        VirtualRouterReason.InterfaceLost => "interface_lost",
        VirtualRouterReason.DataPlaneDead => "data_plane_dead",
        VirtualRouterReason.FaultOver => "fault_over",
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };
}
