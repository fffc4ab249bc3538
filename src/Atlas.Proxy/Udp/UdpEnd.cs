namespace Atlas.Proxy.Udp;

/// <summary>How a UDP session ended. Each ends with exactly one of these.</summary>
public enum UdpEnd : byte
{
    /// <summary>No datagram came either way for the idle time.</summary>
    Idle,

    /// <summary>All answers came that the listener's <c>responses</c> waits for.</summary>
    Answered,

    /// <summary>A newer session took its place: the listener had as many as it may have, or the process no descriptor or port
    /// left.</summary>
    Evicted,

    /// <summary>Its server refused it, or could not be reached, and so did those that were tried after it.</summary>
    Refused,

    /// <summary>Its server is down, ejected, in maintenance or gone: the client's next datagram went to another one.</summary>
    ServerGone,

    /// <summary>The deadline of a drain passed, or the process ended.</summary>
    Aborted,

    /// <summary>It goes on in the process that took this one's place.</summary>
    HandedOver,
}
