namespace Atlas.Core.HighAvailability;

/// <summary>A change of state.</summary>
/// <param name="From">The state before.</param>
/// <param name="To">The state after; another one.</param>
/// <param name="Reason">Why.</param>
/// <param name="AtUs">When, in the microseconds of the caller's clock.</param>
public readonly record struct VirtualRouterTransition(
    VirtualRouterState From,
    VirtualRouterState To,
    VirtualRouterReason Reason,
    long AtUs);
