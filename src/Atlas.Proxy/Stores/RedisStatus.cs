namespace Atlas.Proxy.Stores;

/// <summary>How a call to Redis ended.</summary>
public enum RedisStatus : byte
{
    /// <summary>All its commands were answered, none with an error.</summary>
    Ok,

    /// <summary>The store's timeout, or the caller's deadline, passed first. What the commands do may yet be done if they were sent by
    /// then; otherwise they are not.</summary>
    TimedOut,

    /// <summary>There is no connection that takes it, it broke, or Redis answered too slowly of late. Only where the connection broke
    /// may what the commands do have been done.</summary>
    Unavailable,

    /// <summary>Redis answered with an error, which <see cref="RedisCall.ErrorText"/> tells, or with more than the call
    /// takes.</summary>
    Failed,

    /// <summary>The caller does not wait any more: <see cref="RedisCall.Cancel"/>, or the worker ends.</summary>
    Cancelled,
}
