using System.Globalization;
using Atlas.Core.HighAvailability;

namespace Atlas.Control.HighAvailability.Peers;

/// <summary>A peer's state or its reason became another.</summary>
/// <param name="Peer">Its name.</param>
/// <param name="From">The state before.</param>
/// <param name="FromReason">Its reason.</param>
/// <param name="To">The state now.</param>
/// <param name="Reason">Its reason.</param>
/// <param name="At">When.</param>
/// <param name="After">How long the state before was; where only the reason changed, how long the state is.</param>
public sealed record PeerEvent(
    string Peer, PeerState From, PeerReason FromReason, PeerState To, PeerReason Reason, DateTimeOffset At, TimeSpan After)
{
    /// <summary>Whether clients may be sent to it now.</summary>
    public bool IsLive => PeerStatus.MeansLive(To, Reason);

    /// <summary>The reason in words.</summary>
    public string Words { get => field ?? PeerWords.Of(Reason); init; }

    /// <summary>The line for the operator: <c>peer lb-2: dead after 35.2 s alive: nothing is heard of it</c>.</summary>
    public override string ToString()
    {
        string after = string.Create(CultureInfo.InvariantCulture, $"after {After.TotalSeconds:0.#} s {PeerWords.Of(From)}");
        return From == To ? $"peer {Peer}: {Words}"
            : To == PeerState.Stopped ? $"peer {Peer}: {Words}, {after}"
            : $"peer {Peer}: {PeerWords.Of(To)} {after}: {Words}";
    }
}
