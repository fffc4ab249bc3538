namespace Atlas.Control.HighAvailability.Peers;

/// <summary>Why a datagram on the port of the nodes was not used. None of them is answered.</summary>
public enum PeerRefusal
{
    /// <summary>Shorter than any heartbeat.</summary>
    TooShort,

    /// <summary>Longer than any heartbeat.</summary>
    TooLong,

    /// <summary>It does not begin as heartbeats do.</summary>
    NoHeartbeat,

    /// <summary>Of a form that this version does not know: the sender's version of Atlas is another.</summary>
    UnknownVersion,

    /// <summary>Not of the length that it says.</summary>
    WrongLength,

    /// <summary>More came from there than was looked at.</summary>
    TooMany,

    /// <summary>Made with another secret, or changed on its way.</summary>
    NotAuthentic,

    /// <summary>Authentic, with a field that cannot be.</summary>
    Malformed,

    /// <summary>For another node: the sender has the wrong address for it, or somebody plays back.</summary>
    NotForUs,

    /// <summary>Of a node that is no peer here.</summary>
    UnknownSender,

    /// <summary>A copy, or overtaken by a later one.</summary>
    Replayed,

    /// <summary>Of a process that another one has followed.</summary>
    OldBoot,
}
