namespace Atlas.Proxy.Connections;

/// <summary>How it ended to take the PROXY protocol header of a connection.</summary>
internal enum ProxyIntakeStatus : byte
{
    /// <summary>The header was there and valid.</summary>
    Done,

    /// <summary>What came is no valid header; the intake's error says why.</summary>
    Refused,

    /// <summary>It was not complete in time.</summary>
    TimedOut,

    /// <summary>The peer closed within the header.</summary>
    Cut,

    /// <summary>The peer closed without having sent a byte, as checks do that only connect.</summary>
    Silent,

    /// <summary>The wait was cancelled.</summary>
    Cancelled,

    /// <summary>There was no memory to receive into.</summary>
    Overload,
}
