namespace Atlas.Engine.Streams;

/// <summary>How a wait for readiness ended.</summary>
public enum WaitResult : byte
{
    /// <summary>The operation may make progress now.</summary>
    Ready,

    /// <summary>The deadline passed.</summary>
    TimedOut,

    /// <summary><see cref="ByteStream.CancelWaits"/> was called.</summary>
    Cancelled,
}
