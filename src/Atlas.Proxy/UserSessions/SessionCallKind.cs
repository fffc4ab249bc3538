namespace Atlas.Proxy.UserSessions;

/// <summary>What is asked of sessions in memory.</summary>
internal enum SessionCallKind : byte
{
    /// <summary>To read one.</summary>
    Load,

    /// <summary>To write one over what is expected.</summary>
    Save,

    /// <summary>To delete one that is as expected.</summary>
    Delete,

    /// <summary>To say of one that it has another id now.</summary>
    MoveAway,

    /// <summary>To have one live on.</summary>
    Renew,

    /// <summary>To write one, whatever is there.</summary>
    Put,

    /// <summary>To delete one, whatever is there.</summary>
    Remove,

    /// <summary>Nothing: who gets the answer knows that all is done that was asked for before.</summary>
    Sync,
}
