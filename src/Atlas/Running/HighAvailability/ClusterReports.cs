using Atlas.Admin.Reports;
using Atlas.Control.HighAvailability.Dns;
using Atlas.Control.HighAvailability.Peers;
using Atlas.Core.HighAvailability;

namespace Atlas.Running.HighAvailability;

/// <summary>What the admin API tells of this node among the others.</summary>
internal static class ClusterReports
{
    /// <summary>All that a status has. Any thread.</summary>
    internal static HighAvailabilityReport Of(ClusterNode node) => new()
    {
        State = WordOf(node.State),
        Problem = node.Problem,
        VirtualRouters = node.Routers is { Count: > 0 } routers ? [.. routers.Select(Of)] : null,
        Peers = node.Peers is { Count: > 0 } peers ? [.. peers.Select(Of)] : null,
        Zone = node.Dns is { } dns ? Of(dns) : null,
    };

    internal static VirtualRouterReport Of(VirtualRouterStatus router) => new()
    {
        Name = router.Name,
        State = router.State.Word(),
        Since = router.Since,
        Reason = TextOrNull(router.Reason),
        Priority = router.Priority,
        ConfiguredPriority = router.Config.Priority,
        Lowered = TextOrNull(router.Lowered),
        Addresses = [.. router.Config.Addresses.Select(address => address.ToString())],
        HeardFrom = router.HeardFrom?.ToString(),
        HeardPriority = router.HeardFrom is null ? null : router.HeardPriority,
        Missing = router.Missing,
        Lease = router.Lease,
        Conflict = router.Conflict,
    };

    internal static OtherNodeReport Of(PeerReport peer) => new()
    {
        Name = peer.Name,
        Address = peer.Address,
        State = PeerWords.Of(peer.State),
        Reason = peer.Words,
        Live = peer.IsLive,
        Since = peer.Since,
        LastHeard = peer.LastHeard,
        Version = TextOrNull(peer.Version),
        RoundTripSeconds = peer.RoundTrip?.TotalSeconds,
        ClockAheadSeconds = peer.ClockAhead?.TotalSeconds,
        Restarts = peer.Restarts,
        Problem = peer.SendProblem,
    };

    private static ZoneReport Of(DnsServer dns)
    {
        (uint serial, IReadOnlyList<string> answers) = dns.Answers;
        return new ZoneReport { Name = dns.Zone, Serial = serial, Address = dns.Address.ToString(), Answers = answers };
    }

    private static string WordOf(DataPlaneState state) => state switch
    {
        DataPlaneState.Serving => "serving",
        DataPlaneState.Draining => "draining",
        DataPlaneState.NotServing => "not_serving",
        DataPlaneState.Stopped => "stopped",
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };

    private static string? TextOrNull(string text) => text.Length > 0 ? text : null;
}
