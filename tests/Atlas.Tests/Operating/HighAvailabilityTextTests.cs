using Atlas.Admin.Reports;
using Atlas.Operating;

namespace Atlas.Tests.Operating;

public sealed class HighAvailabilityTextTests
{
    private static readonly DateTimeOffset Since = new(2026, 8, 30, 12, 0, 1, TimeSpan.Zero);

    private static readonly VirtualRouterReport Router = new()
    {
        Name = "eth0/51",
        State = "master",
        Since = Since,
        Priority = 150,
        ConfiguredPriority = 150,
        Addresses = ["10.0.0.100/24", "10.0.0.101/24"],
    };

    private static readonly OtherNodeReport Peer = new()
    {
        Name = "lb-2", Address = "10.0.0.2:9901", State = "alive", Reason = "it serves", Live = true, Since = Since, Restarts = 0,
    };

    [Theory]
    [InlineData("serving", null, "this node serves")]
    [InlineData("draining", null, "this node drains")]
    [InlineData("not_serving", "listener web: no answer within 750 ms", "this node DOES NOT SERVE: listener web: no answer within 750 ms")]
    public void Lines_OfANode_BeginWithWhetherItServes(string state, string? problem, string line) =>
        HighAvailabilityText.Lines(new HighAvailabilityReport { State = state, Problem = problem }).ShouldBe([line]);

    [Fact]
    public void Lines_OfAMaster_SayWhyAndWhatItHeard() =>
        LinesOf(Router with { Reason = "the master is silent (10.0.0.2, priority 160)", HeardFrom = "10.0.0.2", HeardPriority = 160 }).ShouldBe(
        [
            "virtual router eth0/51  master since 2026-08-30 12:00:01Z  10.0.0.100/24, 10.0.0.101/24",
            "  the master is silent (10.0.0.2, priority 160); priority 150; last heard 10.0.0.2, priority 160",
        ]);

    [Fact]
    public void Lines_OfAVirtualRouterWithAProblem_SayWhatIsMissingAndWhatLowersIt() =>
        LinesOf(Router with { State = "fault", Priority = 50, Lowered = "pool web has no server", HeardFrom = "10.0.0.2", HeardPriority = 0, Missing = "it is down" })
            .ShouldBe(
            [
                "virtual router eth0/51  FAULT since 2026-08-30 12:00:01Z  10.0.0.100/24, 10.0.0.101/24",
                "  priority 50; last heard 10.0.0.2, which stopped",
                "  NOTE priority lowered from 150: pool web has no server",
                "  NOTE it is down",
            ]);

    [Fact]
    public void Lines_OfAFault_SayOnceWhatIsMissing() =>
        LinesOf(Router with { State = "fault", Reason = "eth0: it is down", Missing = "it is down" }).Skip(1)
            .ShouldBe(["  eth0: it is down; priority 150"]);

    [Fact]
    public void Lines_OfPeers_SayWhatIsKnown() =>
        HighAvailabilityText.Lines(new HighAvailabilityReport
        {
            State = "serving",
            Peers =
            [
                Peer with { Version = "1.2.3", RoundTripSeconds = 0.000_42, ClockAheadSeconds = -0.003, Restarts = 1 },
                Peer with { Name = "lb-3", State = "dead", Reason = "nothing is heard of it", Live = false, Problem = "lb-3 is not found" },
                Peer with { Name = "lb-4", State = "stopped", Reason = "it stopped", Live = false },
            ],
        }).Skip(1).ShouldBe(
        [
            "peer lb-2  10.0.0.2:9901  alive since 2026-08-30 12:00:01Z: it serves",
            "  atlas 1.2.3, round trip 0.42 ms, clock 0.003 s behind, restarted 1 time",
            "peer lb-3  10.0.0.2:9901  DEAD since 2026-08-30 12:00:01Z: nothing is heard of it",
            "  NOTE lb-3 is not found",
            "peer lb-4  10.0.0.2:9901  stopped since 2026-08-30 12:00:01Z: it stopped",
        ]);

    [Fact]
    public void Lines_OfAZone_NameWhoIsInTheAnswers()
    {
        var zone = new ZoneReport { Name = "lb.example.com", Address = "203.0.113.1:53", Serial = 7, Answers = ["lb-1", "lb-2"] };
        LinesOf(zone).ShouldBe(["zone lb.example.com  on 203.0.113.1:53, serial 7  answers name lb-1, lb-2"]);
        LinesOf(zone with { Answers = [] }).ShouldBe(["zone lb.example.com  on 203.0.113.1:53, serial 7  ANSWERS NAME NO NODE"]);
    }

    [Fact]
    public void Status_OfANodeAmongOthers_HasItsLines()
    {
        var status = new StatusReport
        {
            Node = "n", Version = "1", Pools = [], Listeners = [], HighAvailability = new HighAvailabilityReport { State = "serving", Peers = [Peer] },
        };

        string[] lines = [.. StatusText.Lines(status, 60).Skip(1)];
        lines.ShouldBe(["this node serves", "peer lb-2  10.0.0.2:9901  alive since 2026-08-30 12:00:01Z:…"]);
        StatusText.Lines(status with { HighAvailability = null }, 60).Count().ShouldBe(1);
    }

    private static IEnumerable<string> LinesOf(VirtualRouterReport router) =>
        HighAvailabilityText.Lines(new HighAvailabilityReport { State = "serving", VirtualRouters = [router] }).Skip(1);

    private static IEnumerable<string> LinesOf(ZoneReport zone) =>
        HighAvailabilityText.Lines(new HighAvailabilityReport { State = "serving", Zone = zone }).Skip(1);
}
