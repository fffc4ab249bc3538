namespace Atlas.Proxy.UserSessions;

/// <summary>What is asked of a session's store and counted.</summary>
internal enum SessionOperation : byte
{
    /// <summary>Reading it.</summary>
    Load,

    /// <summary>Writing it.</summary>
    Save,

    /// <summary>Deleting it.</summary>
    Delete,
}
