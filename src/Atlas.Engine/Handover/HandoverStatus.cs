namespace Atlas.Engine.Handover;

/// <summary>How a wait for a message of the other process ended.</summary>
public enum HandoverStatus
{
    /// <summary>A message came.</summary>
    Received,

    /// <summary>None came within the time.</summary>
    TimedOut,

    /// <summary>The other end is closed, as when its process has ended, or it sends what is no message.</summary>
    Ended,
}
