using System.Net;
using System.Net.Sockets;
using Atlas.Admin.Reports;
using Atlas.Control.Configuration;
using Atlas.Control.HighAvailability.Peers;
using Atlas.Core.Configuration;
using Atlas.Core.HighAvailability;
using Atlas.Running;
using Atlas.Running.HighAvailability;

namespace Atlas.Tests.Running.HighAvailability;

public sealed class ClusterReportsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("atlas");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Status_ANodeWhosePeerIsSilent_HasPeerAndZone()
    {
        // Hears what is sent to the peer, and says nothing. This node has the same port of another loopback address.
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        int port = ((IPEndPoint)silent.LocalEndPoint!).Port;
        await using AtlasInstance instance = await StartAsync(
            $$"""
            high_availability:
              node: lb-1
              secret: { file: cluster.key }
              bind: 127.0.0.2:{{port}}
              peers: [{ name: lb-2, address: "127.0.0.1:{{port}}" }]
              active_active:
                bind: 127.0.0.1:0
                zone: lb.example.com
                records: { www: { nodes: { lb-1: 203.0.113.1, lb-2: 203.0.113.2 } } }
            """);
        var reports = new InstanceReports(instance);

        HighAvailabilityReport first = reports.Status().HighAvailability.ShouldNotBeNull();
        first.State.ShouldBe("serving");
        first.Problem.ShouldBeNull();
        first.VirtualRouters.ShouldBeNull();
        first.Peers.ShouldHaveSingleItem().Address.ShouldBe($"127.0.0.1:{port}");
        first.Zone.ShouldNotBeNull().Name.ShouldBe("lb.example.com");
        first.Zone!.Address.ShouldBe(instance.Cluster.Dns!.Address.ToString());

        HighAvailabilityReport later = await UntilAsync(reports, report => report.Zone!.Answers.Count == 1);
        OtherNodeReport peer = later.Peers.ShouldHaveSingleItem();
        (peer.Name, peer.State, peer.Reason, peer.Live).ShouldBe(("lb-2", "dead", "nothing is heard of it", false));
        peer.Version.ShouldBeNull();
        later.Zone!.Answers.ShouldBe(["lb-1"]);
        later.Zone.Serial.ShouldBeGreaterThan(first.Zone.Serial);
    }

    [Fact]
    public async Task Readiness_AWorkerThatHangs_IsNotReadyUntilItTurnsAgain()
    {
        await using AtlasInstance instance = await StartAsync("high_availability: { node: lb-1 }");
        var reports = new InstanceReports(instance);
        reports.Readiness().IsReady.ShouldBeTrue();
        using var hang = new ManualResetEventSlim();
        instance.Workers.Workers[0].TryPost(hang.Wait).ShouldBeTrue();

        try
        {
            HighAvailabilityReport report = await UntilAsync(reports, report => report.State == "not_serving");
            string reason = reports.Readiness().Reasons.ShouldHaveSingleItem();
            reason.ShouldBe(report.Problem);
            reason.ShouldEndWith(": no answer within 750 ms");
        }
        finally
        {
            hang.Set();
        }

        (await UntilAsync(reports, report => report.State == "serving")).Problem.ShouldBeNull();
        reports.Readiness().IsReady.ShouldBeTrue();
    }

    [Fact]
    public async Task Status_ANodeThatStandsAlone_HasNothingOfIt()
    {
        await using AtlasInstance instance = await StartAsync("");
        new InstanceReports(instance).Status().HighAvailability.ShouldBeNull();
    }

    [Fact]
    public void Of_AVirtualRouter_HasWhatIsKnown()
    {
        var status = new VirtualRouterStatus
        {
            Config = new VirtualRouterConfig
            {
                Interface = "eth0", RouterId = 51, Priority = 150, Addresses = [new InterfaceAddress(IPAddress.Parse("fd00::100"), 64)],
            },
            State = VirtualRouterState.Master,
            Priority = 50,
            Lowered = "listener web: no answer within 750 ms",
            Since = DateTimeOffset.UnixEpoch,
            Reason = "no other master was heard",
            HeardFrom = IPAddress.Parse("fe80::2"),
            HeardPriority = 0,
            Missing = null,
            Lease = "held",
            Conflict = null,
            Counters = new VirtualRouterCounters(),
            Malformed = 0,
            Misdirected = 0,
        };

        VirtualRouterReport report = ClusterReports.Of(status);
        (report.Name, report.State, report.Reason).ShouldBe(("eth0/51 (IPv6)", "master", "no other master was heard"));
        (report.Priority, report.ConfiguredPriority, report.Lowered).ShouldBe((50, 150, "listener web: no answer within 750 ms"));
        report.Addresses.ShouldBe(["fd00::100/64"]);
        (report.HeardFrom, report.HeardPriority, report.Missing).ShouldBe(("fe80::2", 0, null));

        report = ClusterReports.Of(status with { Lowered = "", Reason = "", HeardFrom = null, Missing = "it is down" });
        (report.Lowered, report.Reason, report.HeardFrom, report.HeardPriority, report.Missing).ShouldBe((null, null, null, null, "it is down"));
    }

    [Fact]
    public void Of_APeer_HasWhatIsKnown()
    {
        OtherNodeReport report = ClusterReports.Of(new PeerReport("b", "10.0.0.2:9901", PeerState.Alive, PeerReason.Serving, DateTimeOffset.UnixEpoch)
        {
            LastHeard = DateTimeOffset.UnixEpoch,
            Version = "1.2.3",
            RoundTrip = TimeSpan.FromMilliseconds(3),
            ClockAhead = TimeSpan.FromSeconds(-4),
            Restarts = 5,
            SendProblem = "x",
        });

        (report.State, report.Reason, report.Live, report.Version).ShouldBe(("alive", "it serves", true, "1.2.3"));
        (report.RoundTripSeconds, report.ClockAheadSeconds, report.Restarts, report.Problem).ShouldBe((0.003, -4.0, 5L, "x"));
    }

    private static Task<HighAvailabilityReport> UntilAsync(InstanceReports reports, Func<HighAvailabilityReport, bool> isSo) =>
        Wait.UntilAsync(() => reports.Status().HighAvailability!, isSo);

    private async Task<AtlasInstance> StartAsync(string section)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "cluster.key"), "0123456789abcdef");
        ConfigResult read = ConfigLoader.Parse(
            $$"""
            listeners:
              web:
                bind: 127.0.0.1:0
                routes: [{ respond: { status: 200 } }]
            admin: { bind: none }
            runtime: { workers: 1 }
            {{section}}
            """,
            Path.Combine(_folder.FullName, "atlas.yaml"));
        return await AtlasInstance.StartAsync(read.Config.ShouldNotBeNull(string.Join('\n', read.Errors)), _ => { });
    }
}
