namespace Atlas.Proxy.Queueing;

/// <summary>What became of a request that asked a queue for a server.</summary>
internal enum QueueOutcome
{
    /// <summary>It waits.</summary>
    Waiting,

    /// <summary>A server has begun it.</summary>
    Granted,

    /// <summary>No server takes it: none is usable and untried, or its pool is gone.</summary>
    NoServer,

    /// <summary>The queue is full.</summary>
    Refused,

    /// <summary>It waited for as long as the pool allows.</summary>
    TimedOut,

    /// <summary>It left by itself.</summary>
    Left,
}
