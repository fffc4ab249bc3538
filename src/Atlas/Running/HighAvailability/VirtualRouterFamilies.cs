using Atlas.Core.HighAvailability;
using Atlas.Core.Telemetry;

namespace Atlas.Running.HighAvailability;

/// <summary>The metrics of virtual routers.</summary>
internal static class VirtualRouterFamilies
{
    private static readonly VirtualRouterState[] States = Enum.GetValues<VirtualRouterState>();

    private static readonly (string Event, Func<VirtualRouterStatus, long> Count)[] Packets =
    [
        ("sent", router => router.Counters.Advertised),
        ("heard", router => router.Counters.Heard),
        ("heard_stopped", router => router.Counters.HeardStopped),
        ("heard_other_addresses", router => router.Counters.HeardOtherAddresses),
        ("heard_other_interval", router => router.Counters.HeardOtherInterval),
        ("refused_malformed", router => router.Malformed),
        ("refused_other_destination", router => router.Misdirected),
        ("refused_not_a_peer", router => router.Counters.RefusedNotAPeer),
        ("refused_own_address", router => router.Counters.RefusedOwnAddress),
    ];

    /// <summary>Writes them; nothing where there is no virtual router.</summary>
    internal static void Write(IMetricWriter writer, IReadOnlyList<VirtualRouterStatus> routers)
    {
        if (routers.Count == 0)
        {
            return;
        }

        writer.Family("atlas_vrrp_state", "The state of a virtual router on this node: 1 for the one that it is in.", MetricKind.Gauge);
        foreach (VirtualRouterStatus router in routers)
        {
            foreach (VirtualRouterState state in States)
            {
                writer.Sample(router.State == state ? 1 : 0, Of(router), new MetricLabel("state", state.Word()));
            }
        }

        Each(writer, routers, "atlas_vrrp_priority", "The priority that counts now.", MetricKind.Gauge, router => router.Priority);
        Each(
            writer, routers, "atlas_vrrp_masters_total", "Times that this node became master.", MetricKind.Counter,
            router => router.Counters.BecameMaster);
        Each(
            writer, routers, "atlas_vrrp_pauses_total", "Times that it let go of the addresses since it had not run for too long.",
            MetricKind.Counter, router => router.Counters.Pauses);
        Each(
            writer, routers, "atlas_vrrp_announcements_total", "Gratuitous ARPs and neighbour advertisements, each of all addresses.",
            MetricKind.Counter, router => router.Counters.Announced);
        writer.Family("atlas_vrrp_advertisements_total", "Advertisements, by what they were.", MetricKind.Counter);
        foreach (VirtualRouterStatus router in routers)
        {
            foreach ((string name, Func<VirtualRouterStatus, long> count) in Packets)
            {
                writer.Sample(count(router), Of(router), new MetricLabel("event", name));
            }
        }
    }

    private static void Each(
        IMetricWriter writer,
        IReadOnlyList<VirtualRouterStatus> routers,
        string name,
        string help,
        MetricKind kind,
        Func<VirtualRouterStatus, long> value)
    {
        writer.Family(name, help, kind);
        foreach (VirtualRouterStatus router in routers)
        {
            writer.Sample(value(router), Of(router));
        }
    }

    private static MetricLabel Of(VirtualRouterStatus router) => new("router", router.Name);
}
