namespace Atlas.Proxy.Metrics;

/// <summary>Why a request is tried at a server.</summary>
public enum AttemptKind
{
    /// <summary>It was not tried before.</summary>
    First,

    /// <summary>A kept connection closed as the request was sent: it is sent to the same server again.</summary>
    Repeat,

    /// <summary>A server did not take the request at all, and so had done nothing: the next one gets it at once.</summary>
    Failover,

    /// <summary>A server failed it, and it is tried again by the retry policy, within its attempts and its budget, or past them where
    /// the server turned out to have died.</summary>
    Retry,
}
