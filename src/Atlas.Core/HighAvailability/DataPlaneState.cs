namespace Atlas.Core.HighAvailability;

/// <summary>What a node says of its data plane.</summary>
public enum DataPlaneState
{
    /// <summary>It serves clients.</summary>
    Serving,

    /// <summary>It serves those that it has, and wants no new ones.</summary>
    Draining,

    /// <summary>It does not serve: its listeners do not answer.</summary>
    NotServing,

    /// <summary>Its process ends in order, and this is the last that it says.</summary>
    Stopped,
}
