using Atlas.Core.HighAvailability;
using Atlas.Protocols.Heartbeats;

namespace Atlas.Control.HighAvailability.Peers;

/// <summary>Between what is on the wire, what is decided by, and what is shown.</summary>
internal static class PeerMessages
{
    internal static Heartbeat Of(
        PeerSettings settings,
        PeerLiveness liveness,
        string peer,
        ulong sequence,
        DataPlaneState dataPlane,
        long nowUs,
        long wallClockMs,
        string version)
    {
        PeerEcho echo = liveness.Echo(peer, nowUs);
        return new Heartbeat
        {
            From = settings.Node,
            To = peer,
            Boot = liveness.Boot,
            Sequence = sequence,
            EchoBoot = echo.Boot,
            EchoSequence = echo.Sequence,
            EchoAgeUs = echo.AgeUs,
            State = StateOf(dataPlane),
            WallClockMs = wallClockMs,
            Version = version,
        };
    }

    internal static PeerMessage Of(Heartbeat heartbeat) => new()
    {
        From = heartbeat.From,
        To = heartbeat.To,
        Boot = heartbeat.Boot,
        Sequence = heartbeat.Sequence,
        Echo = new PeerEcho(heartbeat.EchoBoot, heartbeat.EchoSequence, heartbeat.EchoAgeUs),
        DataPlane = heartbeat.State switch
        {
            HeartbeatState.Serving => DataPlaneState.Serving,
            HeartbeatState.Draining => DataPlaneState.Draining,
            HeartbeatState.NotServing => DataPlaneState.NotServing,
            HeartbeatState.Stopped => DataPlaneState.Stopped,
            _ => throw new ArgumentOutOfRangeException(nameof(heartbeat)),
        },
        WallClockMs = heartbeat.WallClockMs,
        Version = heartbeat.Version,
    };

    internal static PeerReport ReportOf(PeerStatus peer, PeerTarget target, PeerClock clock) =>
        new(peer.Name, target.Address, peer.State, peer.Reason, clock.At(peer.SinceUs))
        {
            Words = PeerWords.Of(peer.Reason, target),
            LastHeard = peer.LastHeardUs is long heardUs ? clock.At(heardUs) : null,
            Version = peer.Version,
            RoundTrip = peer.RoundTripUs is long us ? TimeSpan.FromMicroseconds(us) : null,
            ClockAhead = peer.ClockAheadMs is long ms ? TimeSpan.FromMilliseconds(ms) : null,
            Restarts = peer.Restarts,
            SendProblem = target.SendProblem,
        };

    internal static PeerEvent EventOf(PeerChange change, PeerTarget target, PeerClock clock)
    {
        long nowUs = clock.NowUs;
        return new PeerEvent(
            change.To.Name,
            change.From.State,
            change.From.Reason,
            change.To.State,
            change.To.Reason,
            clock.At(nowUs),
            TimeSpan.FromMicroseconds(Math.Max(0, nowUs - change.From.SinceUs)))
        {
            Words = PeerWords.Of(change.To.Reason, target),
        };
    }

    internal static PeerRefusal RefusalOf(HeartbeatStatus status) => status switch
    {
        HeartbeatStatus.TooShort => PeerRefusal.TooShort,
        HeartbeatStatus.TooLong => PeerRefusal.TooLong,
        HeartbeatStatus.NoHeartbeat => PeerRefusal.NoHeartbeat,
        HeartbeatStatus.UnknownVersion => PeerRefusal.UnknownVersion,
        HeartbeatStatus.WrongLength => PeerRefusal.WrongLength,
        HeartbeatStatus.NotAuthentic => PeerRefusal.NotAuthentic,
        HeartbeatStatus.Malformed => PeerRefusal.Malformed,
        HeartbeatStatus.Authentic => throw new ArgumentOutOfRangeException(nameof(status)),
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };

    private static HeartbeatState StateOf(DataPlaneState state) => state switch
    {
        DataPlaneState.Serving => HeartbeatState.Serving,
        DataPlaneState.Draining => HeartbeatState.Draining,
        DataPlaneState.NotServing => HeartbeatState.NotServing,
        DataPlaneState.Stopped => HeartbeatState.Stopped,
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };
}
