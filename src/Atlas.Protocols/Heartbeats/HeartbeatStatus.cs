namespace Atlas.Protocols.Heartbeats;

/// <summary>What a datagram on the port of the nodes is.</summary>
public enum HeartbeatStatus
{
    /// <summary>A heartbeat of somebody who has the key.</summary>
    Authentic = 0,

    /// <summary>Shorter than any heartbeat.</summary>
    TooShort = 1,

    /// <summary>Longer than any heartbeat.</summary>
    TooLong = 2,

    /// <summary>Something else: it does not begin as heartbeats do.</summary>
    NoHeartbeat = 3,

    /// <summary>A heartbeat of a form that this version does not know.</summary>
    UnknownVersion = 4,

    /// <summary>Its length is not the one that it says.</summary>
    WrongLength = 5,

    /// <summary>Made with another key, or changed on its way.</summary>
    NotAuthentic = 6,

    /// <summary>Made with the key, but a field of it has a value that it cannot have.</summary>
    Malformed = 7,
}
