namespace Atlas.Proxy.Udp;

/// <summary>Why a datagram was not passed on.</summary>
public enum UdpDrop : byte
{
    /// <summary>It came cut, and a part of a datagram is worse than none.</summary>
    Truncated,

    /// <summary>Its source is no address that can be answered: port 0.</summary>
    Source,

    /// <summary>Its source is the listener itself: answers would go round for ever.</summary>
    Loop,

    /// <summary>No server of the pool takes sessions.</summary>
    NoServer,

    /// <summary>All servers that take sessions are at <c>max_connections</c>.</summary>
    Full,

    /// <summary>The listener has as many sessions as it may have, all of them on other workers.</summary>
    Limit,

    /// <summary>The process has no descriptor, port or memory left for another session.</summary>
    NoSocket,

    /// <summary>It would have begun a session at a listener that drains.</summary>
    Draining,

    /// <summary>The server refused it or could not be reached.</summary>
    Refused,

    /// <summary>The kernel's buffer for sending was full.</summary>
    SendBuffer,

    /// <summary>It is longer than the way to its receiver takes.</summary>
    TooLong,

    /// <summary>The kernel refused it for another reason.</summary>
    Failed,
}
