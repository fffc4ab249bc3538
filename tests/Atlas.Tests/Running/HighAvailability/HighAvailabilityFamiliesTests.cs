using System.Net;
using Atlas.Control.HighAvailability.Dns;
using Atlas.Control.HighAvailability.Peers;
using Atlas.Core.Configuration;
using Atlas.Core.HighAvailability;
using Atlas.Running.HighAvailability;

namespace Atlas.Tests.Running.HighAvailability;

public sealed class HighAvailabilityFamiliesTests
{
    private static readonly VirtualRouterStatus Router = new()
    {
        Config = new VirtualRouterConfig
        {
            Interface = "eth0", RouterId = 51, Priority = 150, Addresses = [new InterfaceAddress(IPAddress.Parse("10.0.0.100"), 24)],
        },
        State = VirtualRouterState.Backup,
        Priority = 50,
        Lowered = "",
        Since = DateTimeOffset.UnixEpoch,
        Reason = "",
        HeardFrom = null,
        HeardPriority = 0,
        Missing = null,
        Lease = null,
        Conflict = null,
        Counters = new VirtualRouterCounters(),
        Malformed = 7,
        Misdirected = 3,
    };

    [Fact]
    public void Write_AVirtualRouter_HasASampleOfEach()
    {
        var writer = new FamilyLines();

        VirtualRouterFamilies.Write(writer, [Router]);

        writer.Text.ShouldBe(
            """
            atlas_vrrp_state router=eth0/51 state=initialize 0
            atlas_vrrp_state router=eth0/51 state=backup 1
            atlas_vrrp_state router=eth0/51 state=master 0
            atlas_vrrp_state router=eth0/51 state=fault 0
            atlas_vrrp_priority router=eth0/51 50
            atlas_vrrp_masters_total router=eth0/51 0
            atlas_vrrp_pauses_total router=eth0/51 0
            atlas_vrrp_announcements_total router=eth0/51 0
            atlas_vrrp_advertisements_total router=eth0/51 event=sent 0
            atlas_vrrp_advertisements_total router=eth0/51 event=heard 0
            atlas_vrrp_advertisements_total router=eth0/51 event=heard_stopped 0
            atlas_vrrp_advertisements_total router=eth0/51 event=heard_other_addresses 0
            atlas_vrrp_advertisements_total router=eth0/51 event=heard_other_interval 0
            atlas_vrrp_advertisements_total router=eth0/51 event=refused_malformed 7
            atlas_vrrp_advertisements_total router=eth0/51 event=refused_other_destination 3
            atlas_vrrp_advertisements_total router=eth0/51 event=refused_not_a_peer 0
            atlas_vrrp_advertisements_total router=eth0/51 event=refused_own_address 0

            """);
    }

    [Fact]
    public void Write_NoVirtualRouter_WritesNothing()
    {
        var writer = new FamilyLines();
        VirtualRouterFamilies.Write(writer, []);
        writer.Families.ShouldBeEmpty();
    }

    [Fact]
    public async Task Page_EveryFamilyAndWord_IsNamed()
    {
        string page = await File.ReadAllTextAsync(Path.Combine(Root(), "docs", "observability.md"), TestContext.Current.CancellationToken);
        var writer = new FamilyLines();
        await using var dns = DnsServer.Start(new ActiveActiveConfig { Bind = BindAddress.Loopback(0), Zone = "lb.example" }, _ => true, TimeProvider.System);

        VirtualRouterFamilies.Write(writer, [Router]);
        int routers = writer.Families.Count;
        PeerFamilies.Write(writer, new PeerMetrics([], 0, 0, 0, new long[Enum.GetValues<PeerRefusal>().Length]), DateTimeOffset.UnixEpoch);
        int peers = writer.Families.Count;
        dns.WriteMetrics(writer);

        routers.ShouldBeGreaterThan(5);
        peers.ShouldBeGreaterThan(routers + 5);
        writer.Families.Count.ShouldBeGreaterThan(peers + 5);
        writer.Families.ShouldAllBe(name => page.Contains($"`{name}`"));
        string[] words =
        [
            .. Enum.GetValues<VirtualRouterState>().Select(state => state.Word()), .. Enum.GetValues<PeerState>().Select(PeerWords.Of),
            .. Enum.GetValues<PeerRefusal>().Select(PeerWords.Of),
        ];
        words.ShouldAllBe(word => page.Contains($"`{word}`"));
    }

    private static string Root()
    {
        string directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "Atlas.slnx")))
        {
            directory = Path.GetDirectoryName(directory)!;
        }

        return directory;
    }
}
