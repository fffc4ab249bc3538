namespace Atlas.Proxy.UserSessions;

/// <summary>What came of asking a store for a session.</summary>
internal enum StoreResult : byte
{
    /// <summary>It was done: what was asked for was there, or is.</summary>
    Done,

    /// <summary>The store does not have the session.</summary>
    Absent,

    /// <summary>Somebody else has written it meanwhile.</summary>
    Conflict,

    /// <summary>The session has another id since a moment ago.</summary>
    Moved,

    /// <summary>The store has no room.</summary>
    Full,

    /// <summary>The store did not answer in time, or cannot be reached.</summary>
    Away,

    /// <summary>Nobody waits any more: the client has left, or the request's time is over.</summary>
    Cancelled,
}
