namespace Atlas.Core.HighAvailability;

/// <summary>Why a node is in its state.</summary>
public enum PeerReason
{
    /// <summary>Unknown: it has still time to be heard for the first time.</summary>
    Starting,

    /// <summary>Alive, and its data plane serves: the one reason with which it is sent clients.</summary>
    Serving,

    /// <summary>Alive, but it wants no new clients.</summary>
    Draining,

    /// <summary>Alive, but its data plane does not serve.</summary>
    NotServing,

    /// <summary>Dead: nothing of it arrives.</summary>
    Silent,

    /// <summary>Dead: its heartbeats arrive, and do not say that it hears this node's. The way to it is broken, or one of the two does not
    /// have the other's right address.</summary>
    HearsUsNot,

    /// <summary>Dead: nothing of it arrives, but datagrams from its address do that look like heartbeats, and are not signed by the secret of
    /// this node. It has another one, or somebody pretends to be there.</summary>
    OtherSecret,

    /// <summary>Dead: nothing of it arrives, and what is sent to it comes to this node itself. One of the two has the other's name or
    /// address.</summary>
    OwnAddress,

    /// <summary>Stopped: it said farewell.</summary>
    Stopped,
}
