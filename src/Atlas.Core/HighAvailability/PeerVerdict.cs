namespace Atlas.Core.HighAvailability;

/// <summary>What an authentic heartbeat is worth.</summary>
public enum PeerVerdict
{
    /// <summary>It proves that its sender lives: it echoes what this node sent a moment ago.</summary>
    Proof,

    /// <summary>It is new, as far as can be told, but proves nothing: its echo is missing or too old.</summary>
    Unproven,

    /// <summary>One as new as this was seen: it is a copy, or came late.</summary>
    Replayed,

    /// <summary>It is of a boot that another one has followed.</summary>
    OldBoot,

    /// <summary>It is for another node, or this node's own.</summary>
    NotForUs,

    /// <summary>No peer has the name of its sender.</summary>
    UnknownSender,
}
