namespace Atlas.Protocols.Heartbeats;

/// <summary>What a node says of its data plane. The values are those on the wire.</summary>
public enum HeartbeatState : byte
{
    /// <summary>It serves clients.</summary>
    Serving = 1,

    /// <summary>It serves those that it has, and wants no new ones: it is about to end.</summary>
    Draining = 2,

    /// <summary>It does not serve: its listeners do not answer.</summary>
    NotServing = 3,

    /// <summary>Its process ends in order: nothing of this boot follows.</summary>
    Stopped = 4,
}
