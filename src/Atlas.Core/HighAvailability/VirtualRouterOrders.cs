namespace Atlas.Core.HighAvailability;

/// <summary>
/// What is to be done now, in the order of the properties. The order matters: who lets go removes the addresses before it says
/// so, and who takes over has them before it says so, since the others let go of them then. If they cannot be taken, it neither
/// advertises nor announces; the change of state is told, and a fault follows (<see cref="VirtualRouter.BeginFault"/>). One that is
/// stopped may keep the addresses until a successor is heard. The default is nothing.
/// </summary>
public readonly record struct VirtualRouterOrders
{
    /// <summary>Whether the addresses are to be taken off the interface.</summary>
    public bool Release { get; init; }

    /// <summary>Whether the addresses are to be put on the interface.</summary>
    public bool Take { get; init; }

    /// <summary>The priority of the advertisement to send; 0: this node stops; null: none is to be sent.</summary>
    public byte? Advertise { get; init; }

    /// <summary>Whether hosts are to be told who has the addresses: one gratuitous ARP or neighbor advertisement for each.</summary>
    public bool Announce { get; init; }

    /// <summary>The change of state; null: it did not change.</summary>
    public VirtualRouterTransition? Transition { get; init; }
}
