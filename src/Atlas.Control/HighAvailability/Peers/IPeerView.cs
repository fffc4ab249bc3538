namespace Atlas.Control.HighAvailability.Peers;

/// <summary>What a node knows of the others, for those who answer by it. Any thread, without a lock.</summary>
public interface IPeerView
{
    /// <summary>The peers at this moment, in the order of the configuration. The list does not change.</summary>
    IReadOnlyList<PeerReport> Peers { get; }

    /// <summary>Whether clients may be sent to a peer. False for a name that is no peer, also this node's own. O(peers).</summary>
    bool IsLive(string peer);
}
