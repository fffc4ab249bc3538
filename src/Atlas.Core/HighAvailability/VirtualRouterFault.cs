namespace Atlas.Core.HighAvailability;

/// <summary>What keeps a node from having the addresses; several at once may.</summary>
[Flags]
public enum VirtualRouterFault : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The interface is gone, is down, or has no address to send from.</summary>
    InterfaceLost = 1,

    /// <summary>The data plane does not answer, so that whoever asks for the addresses would be asking in vain.</summary>
    DataPlaneDead = 2,
}
