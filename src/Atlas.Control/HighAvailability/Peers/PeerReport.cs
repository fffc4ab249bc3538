using Atlas.Core.HighAvailability;

namespace Atlas.Control.HighAvailability.Peers;

/// <summary>What a node knows of another one.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Address">Where it is, as the configuration has it.</param>
/// <param name="State">Its state.</param>
/// <param name="Reason">Why it is so.</param>
/// <param name="Since">When the state began.</param>
public sealed record PeerReport(string Name, string Address, PeerState State, PeerReason Reason, DateTimeOffset Since)
{
    /// <summary>Whether clients may be sent to it.</summary>
    public bool IsLive => PeerStatus.MeansLive(State, Reason);

    /// <summary>The reason in words.</summary>
    public string Words { get => field ?? PeerWords.Of(Reason); init; }

    /// <summary>When it was heard last; null: not yet.</summary>
    public DateTimeOffset? LastHeard { get; init; }

    /// <summary>Its version of Atlas; empty: not known.</summary>
    public string Version { get; init; } = "";

    /// <summary>The time to it and back; null: not known.</summary>
    public TimeSpan? RoundTrip { get; init; }

    /// <summary>How far its clock is ahead of this node's; negative: behind; null: not known.</summary>
    public TimeSpan? ClockAhead { get; init; }

    /// <summary>How often it has started anew since it was first known.</summary>
    public long Restarts { get; init; }

    /// <summary>Why it cannot be sent to: its name is not found, or the last send failed; null: nothing is known against it.</summary>
    public string? SendProblem { get; init; }
}
