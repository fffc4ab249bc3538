namespace Atlas.Proxy.UserSessions;

/// <summary>What a response says of the session's cookie.</summary>
internal enum CookieChange : byte
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Its id, for another time.</summary>
    Set,

    /// <summary>That there is none any more.</summary>
    End,
}
