namespace Atlas.Proxy.Stores;

/// <summary>How a store is, the better first.</summary>
public enum StoreCondition : byte
{
    /// <summary>It answers in time.</summary>
    Up,

    /// <summary>The first connection is being made.</summary>
    Connecting,

    /// <summary>It answers in time, and some of the answers are errors: it is full, a replica, or the user lacks a right.</summary>
    Refusing,

    /// <summary>There is a connection, and answers come later than the timeout: nothing waits for them.</summary>
    Slow,

    /// <summary>There is no connection.</summary>
    Down,
}
