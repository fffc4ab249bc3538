namespace Atlas.Core.HighAvailability;

/// <summary>What is known of another node at a moment. Immutable. Times are those of the clock that <see cref="PeerLiveness"/> is given.</summary>
/// <param name="Name">Its name.</param>
/// <param name="State">Its state.</param>
/// <param name="Reason">Why it is so.</param>
/// <param name="SinceUs">When the state began; not the reason.</param>
public sealed record PeerStatus(string Name, PeerState State, PeerReason Reason, long SinceUs)
{
    /// <summary>Whether clients may be sent to it.</summary>
    public bool IsLive => MeansLive(State, Reason);

    /// <summary>When something of its present boot arrived last; null: nothing did.</summary>
    public long? LastHeardUs { get; init; }

    /// <summary>Its version of Atlas; empty: it did not say.</summary>
    public string Version { get; init; } = "";

    /// <summary>The time to it and back, without what it waited in between, as last measured; null: not yet.</summary>
    public long? RoundTripUs { get; init; }

    /// <summary>How far its wall clock is ahead of this node's, in milliseconds; negative: behind; null: not known.</summary>
    public long? ClockAheadMs { get; init; }

    /// <summary>How often another boot of it has followed one that was known. Where this grows without end, two nodes have one name.</summary>
    public long Restarts { get; init; }

    /// <summary>Whether clients may be sent to a node of a state for a reason: it is alive, and its data plane serves.</summary>
    public static bool MeansLive(PeerState state, PeerReason reason) => state == PeerState.Alive && reason == PeerReason.Serving;
}
