namespace Atlas.Proxy.Stores;

/// <summary>How a store is, the better first.</summary>
public enum StoreCondition : byte
{
    /// <summary>It answers in time.</summary>
    Up,

    /// <summary>The first connection is being made.</summary>
    Connecting,

    /// <summary>There is a connection, and answers come later than the timeout: nothing waits for them.</summary>
    Slow,

    /// <summary>There is no connection.</summary>
    Down,
}
