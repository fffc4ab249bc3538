using Atlas.Core.HighAvailability;

namespace Atlas.Control.HighAvailability.Peers;

/// <summary>The words for states of peers in lines, reports and metrics.</summary>
public static class PeerWords
{
    /// <summary>The word for a state.</summary>
    public static string Of(PeerState state) => state switch
    {
        PeerState.Unknown => "unknown",
        PeerState.Alive => "alive",
        PeerState.Dead => "dead",
        PeerState.Stopped => "stopped",
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };

    /// <summary>The words for a reason, to stand after a colon.</summary>
    public static string Of(PeerReason reason) => reason switch
    {
        PeerReason.Starting => "it was not heard yet",
        PeerReason.Serving => "it serves",
        PeerReason.Draining => "it drains",
        PeerReason.NotServing => "its listeners do not answer",
        PeerReason.Silent => "nothing is heard of it",
        PeerReason.HearsUsNot => "it is heard, but hears us not",
        PeerReason.OtherSecret => "datagrams come from its address, but are not signed by this node's secret: compare high_availability.secret",
        PeerReason.OwnAddress => "its address is this node's own: is 'node' right?",
        PeerReason.Stopped => "it stopped",
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };

    /// <summary>The same with the address that it is about.</summary>
    internal static string Of(PeerReason reason, PeerTarget target) => reason switch
    {
        PeerReason.OtherSecret when target.UnsignedFrom is { } from =>
            $"datagrams come from {from}, but are not signed by this node's secret: compare high_availability.secret",
        PeerReason.OwnAddress => $"its address {target.Address} is this node's own: is 'node' right?",
        _ => Of(reason),
    };

    /// <summary>The label for why a datagram was refused.</summary>
    public static string Of(PeerRefusal refusal) => refusal switch
    {
        PeerRefusal.TooShort => "too_short",
        PeerRefusal.TooLong => "too_long",
        PeerRefusal.NoHeartbeat => "no_heartbeat",
        PeerRefusal.UnknownVersion => "unknown_version",
        PeerRefusal.WrongLength => "wrong_length",
        PeerRefusal.TooMany => "too_many",
        PeerRefusal.NotAuthentic => "not_authentic",
        PeerRefusal.Malformed => "malformed",
        PeerRefusal.NotForUs => "not_for_us",
        PeerRefusal.UnknownSender => "unknown_sender",
        PeerRefusal.Replayed => "replayed",
        PeerRefusal.OldBoot => "old_boot",
        _ => throw new ArgumentOutOfRangeException(nameof(refusal)),
    };
}
