using System.Net;
using System.Text.Json.Nodes;
using Atlas.Admin;
using Atlas.Admin.Reports;
using Atlas.Control.Discovery;
using Atlas.Control.HighAvailability.Peers;
using Atlas.Control.Kernel;
using Atlas.Control.Pools;
using Atlas.Control.Tls;
using Atlas.Core.Configuration;
using Atlas.Core.Health;
using Atlas.Core.HighAvailability;
using Atlas.Proxy.Stores;
using Atlas.Running;
using Atlas.Running.HighAvailability;
using Atlas.Running.Stores;

namespace Atlas.Tests.Running;

public sealed class InstanceEventsTests
{
    private static readonly VirtualRouterConfig Router = new() { Addresses = [new InterfaceAddress(IPAddress.Loopback, 8)] };

    /// <summary>The description of the API names what can be sent, and nothing else.</summary>
    [Fact]
    public void Changes_OfEveryKind_AreThoseOfTheApisDescription()
    {
        using Stream stream = typeof(AdminServer).Assembly.GetManifestResourceStream("openapi.json")!;
        JsonNode known = JsonNode.Parse(stream)!["components"]!["schemas"]!["Event"]!["properties"]!;
        EventReport[] events =
        [
            .. Enum.GetValues<PoolChangeKind>().Where(InstanceEvents.IsTold)
                .Select(kind => InstanceEvents.Of(new PoolChange(DateTimeOffset.UnixEpoch, "web", "a", kind, "x"))),

            // Nothing becomes unknown again.
            .. Enum.GetValues<HealthEventState>().Where(state => state != HealthEventState.Unknown)
                .Select(state => InstanceEvents.Of(
                    new HealthEvent("web", null, HealthEventState.Unknown, state, HealthEventReason.HealthCheck, "x"))),
            .. Enum.GetValues<KernelEventKind>().Select(kind => InstanceEvents.Of(new KernelEvent(DateTimeOffset.UnixEpoch, kind, "x"))),
            InstanceEvents.Of(new DiscoveryEvent(DateTimeOffset.UnixEpoch, "web", IsResolved: true, "x")),
            InstanceEvents.Of(new DiscoveryEvent(DateTimeOffset.UnixEpoch, "web", IsResolved: false, "x")),
            .. Enum.GetValues<CertificateEventKind>().Select(kind =>
                InstanceEvents.Of(new CertificateEvent(DateTimeOffset.UnixEpoch, kind, "x"))),
            .. Enum.GetValues<StoreCondition>().Where(condition => condition != StoreCondition.Connecting).Select(condition =>
                InstanceEvents.Of(new StoreEvent(DateTimeOffset.UnixEpoch, "shared", new StoreHealth(condition, "x")))),
            .. Enum.GetValues<VirtualRouterState>().Select(state =>
                InstanceEvents.Of(new VirtualRouterEvent(Router, VirtualRouterState.Initialize, state, "x"))),
            InstanceEvents.Of(new PriorityEvent("eth0/51", 50, "")),
            .. Enum.GetValues<PeerState>().Select(state => InstanceEvents.Of(Peer(state, PeerReason.Draining))),
            InstanceEvents.Of(Peer(PeerState.Alive, PeerReason.Serving)),
            InstanceEvents.OfReload(isDone: true, "x"),
            InstanceEvents.OfReload(isDone: false, "x"),
            InstanceEvents.OfUpgrade(isDone: true, "x"),
            InstanceEvents.OfUpgrade(isDone: false, "x"),
        ];

        Words("change").ShouldBe(events.Select(change => change.Change).Distinct(), ignoreOrder: true);
        Words("type").ShouldBe(events.Select(change => change.Type).Distinct(), ignoreOrder: true);

        string[] Words(string key) => [.. known[key]!["enum"]!.AsArray().Select(word => (string)word!)];
    }

    [Fact]
    public void Of_NodesAndVirtualRouters_NamesThemInFields()
    {
        InstanceEvents.Of(Peer(PeerState.Alive, PeerReason.Serving)).Peer.ShouldBe("b");
        InstanceEvents.Of(new VirtualRouterEvent(Router with { Interface = "eth0", RouterId = 51 }, VirtualRouterState.Backup, VirtualRouterState.Master, "x"))
            .Router.ShouldBe("eth0/51");
    }

    [Theory]
    [InlineData("pool web has no server", null, "pool web has no server")]
    [InlineData("", null, "all that it tracks is well")]
    [InlineData("", 100, "the configuration has another one than before (100)")]
    [InlineData("pool web has no server", 100, "the configuration has another one than before (100), and pool web has no server")]
    public void Of_Priority_HasItInAFieldAndASentence(string lowered, int? configuredBefore, string why)
    {
        string text = $"virtual router eth0/51 has priority 50: {why}";
        EventReport report = InstanceEvents.Of(new PriorityEvent("eth0/51", 50, lowered, configuredBefore));

        (report.Type, report.Change, report.Router, report.Priority, report.Text).ShouldBe(("virtual_router", "priority", "eth0/51", 50, text));
    }

    private static PeerEvent Peer(PeerState to, PeerReason reason) =>
        new("b", PeerState.Unknown, PeerReason.Silent, to, reason, DateTimeOffset.UnixEpoch, TimeSpan.Zero);
}
