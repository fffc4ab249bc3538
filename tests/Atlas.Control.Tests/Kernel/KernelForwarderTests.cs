using Atlas.Control.Kernel;
using Atlas.Core.Health;

namespace Atlas.Control.Tests.Kernel;

public sealed class KernelForwarderTests
{
    private const string Udp =
        """
        listeners:
          fast: { bind: [10.77.1.1:53, 10.77.1.2:53], protocol: udp, mode: kernel, pool: web }
        pools:
          web: { servers: [{ name: a, address: 10.0.0.1:53 }, { name: b, address: 10.0.0.2:53 }] }
        """;

    [Fact]
    public void Apply_First_WritesTheTableAnewAndSaysWhoTakesFlows()
    {
        using var kernel = new ForwarderUnderTest();

        kernel.Apply();

        kernel.LastScript.ShouldStartWith(
            "add table inet atlas_t\ndelete table inet atlas_t\ntable inet atlas_t {\n\tcomment \"Atlas, f\"\n\tcounter ");
        kernel.Events.ShouldHaveSingleItem().Text.ShouldBe("listener fast: the kernel sends new flows to a, b, c");
    }

    [Fact]
    public void Apply_NoListeners_DoesNothing()
    {
        using var kernel = new ForwarderUnderTest();

        kernel.Forwarder.Apply([]);
        kernel.Wake();
        kernel.Forwarder.StopNew();
        kernel.Forwarder.Read().Listeners.ShouldBeEmpty();
        kernel.Dispose();

        kernel.Programs.Scripts.ShouldBeEmpty();
        kernel.Programs.Others.ShouldBeEmpty();
    }

    [Fact]
    public void RemoveLeftover_NothingIsForwarded_RemovesTheTable()
    {
        using var kernel = new ForwarderUnderTest();

        kernel.Forwarder.RemoveLeftover();

        kernel.Programs.Others.ShouldBe(["nft delete table inet atlas_t"]);
        kernel.Forwarder.Read().Failures.ShouldBe(0);
    }

    [Fact]
    public void RemoveLeftover_SomethingIsForwarded_LeavesIt()
    {
        using var kernel = new ForwarderUnderTest();
        kernel.Apply();

        kernel.Forwarder.RemoveLeftover();

        kernel.Programs.Others.ShouldNotContain("nft delete table inet atlas_t");
    }

    [Fact]
    public void TakeOver_OfATableThatAnotherProcessHas_WritesNothingBefore()
    {
        using var kernel = new ForwarderUnderTest(isHeld: true);
        kernel.Apply();
        kernel.Wake();
        kernel.Forwarder.RemoveLeftover();
        kernel.Programs.Scripts.ShouldBeEmpty();
        kernel.Programs.Others.ShouldBeEmpty();

        kernel.Forwarder.TakeOver();

        kernel.LastScript.ShouldStartWith("add table inet atlas_t\ndelete table inet atlas_t\n");
        kernel["b"].Weight = 0;
        kernel.Advance(KernelForwarder.GapMs);
        kernel.Wake();
        kernel.Programs.Scripts.Count.ShouldBe(2);
    }

    [Fact]
    public void LetGo_ToAnotherProcess_LeavesTheTableAndItsFlows()
    {
        var kernel = new ForwarderUnderTest();
        kernel.Apply();
        kernel.Forwarder.LetGo();
        int scripts = kernel.Programs.Scripts.Count;
        int others = kernel.Programs.Others.Count;

        kernel["b"].Weight = 0;
        kernel.Advance(KernelForwarder.LookMs);
        kernel.Wake();
        kernel.Forwarder.StopNew();
        kernel.Forwarder.End("fast");
        kernel.Forwarder.OpenFlows("fast").ShouldBe(0);
        kernel.Dispose();

        kernel.Programs.Scripts.Count.ShouldBe(scripts);
        kernel.Programs.Others.Count.ShouldBe(others);
    }

    [Fact]
    public void Rewrite_AfterAnotherProcessWrote_WritesTheSameAgain()
    {
        using var kernel = new ForwarderUnderTest();
        kernel.Forwarder.Rewrite();
        kernel.Programs.Scripts.ShouldBeEmpty();
        kernel.Apply();

        kernel.Forwarder.Rewrite();

        kernel.Programs.Scripts.Count.ShouldBe(2);
    }

    [Fact]
    public void Apply_SameAgain_WritesNothing()
    {
        using var kernel = new ForwarderUnderTest();
        kernel.Apply();

        kernel.Apply();
        kernel.Wake();

        kernel.Programs.Scripts.Count.ShouldBe(1);
    }

    [Fact]
    public void Apply_RulesAreRefused_ThrowsAndGoesOnAsBefore()
    {
        using var kernel = new ForwarderUnderTest();
        kernel.Apply();
        kernel.Programs.Refusal = ("10.0.0.9", "/dev/stdin:8:1-2: Error: Could not process rule: No buffer space available\ntable…\n");

        Should.Throw<IOException>(() => kernel.Apply(ForwarderUnderTest.Tcp.Replace("10.0.0.2", "10.0.0.9", StringComparison.Ordinal)))
            .Message.ShouldBe("Could not process rule: No buffer space available");

        kernel.Forwarder.Failure.ShouldBeNull();
        kernel["a"].Admin = AdminState.Drain;
        kernel.Wake();
        kernel.Advance(KernelForwarder.MaxRetryMs);
        kernel.LastScript.ShouldContain("10.0.0.2");
    }

    [Fact]
    public void Wake_ServerDown_ReplacesTheRulesAndKeepsTheCounters()
    {
        using var kernel = new ForwarderUnderTest();
        kernel.Apply();
        kernel.Advance(KernelForwarder.GapMs);

        kernel["b"].IsUp = false;
        kernel.Wake();

        kernel.LastScript.ShouldStartWith("flush table inet atlas_t\ntable inet atlas_t {\n\tchain ");
        kernel.LastScript.ShouldNotContain("goto to/fast/b");
        kernel.LastScript.ShouldNotContain("delete");
        kernel.Events[^1].Text.ShouldBe("listener fast: the kernel sends new flows to a, c");
    }

    [Fact]
    public void Wake_ManyChangesAtOnce_WritesAtOnceAndOnceMoreAfterTheGap()
    {
        using var kernel = new ForwarderUnderTest();
        kernel.Apply();
        kernel.Advance(KernelForwarder.GapMs);

        for (int weight = 2; weight < 22; weight++)
        {
            kernel["b"].Weight = weight;
            kernel.Wake();
        }

        kernel.Programs.Scripts.Count.ShouldBe(2);
        kernel.Advance(KernelForwarder.GapMs - 20);
        kernel.Programs.Scripts.Count.ShouldBe(2);
        kernel.Advance(1);
        kernel.Programs.Scripts.Count.ShouldBe(3);
        kernel.LastScript.ShouldContain("mod 23 ");
        kernel.Advance(10 * KernelForwarder.GapMs);
        kernel.Programs.Scripts.Count.ShouldBe(3);
    }

    [Fact]
    public void Wake_RulesAreRefused_KeepsTheLastAndTriesAgainLessAndLessOften()
    {
        using var kernel = new ForwarderUnderTest();
        kernel.Apply();
        kernel.Advance(KernelForwarder.GapMs);
        kernel.Programs.Refusal = ("table", "Error: Could not process rule: Device or resource busy");

        kernel["b"].IsUp = false;
        kernel.Wake();

        kernel.Forwarder.Failure.ShouldBe("Could not process rule: Device or resource busy");
        kernel.Events[^1].Kind.ShouldBe(KernelEventKind.Failed);
        for (int i = 0; i < 600; i++)
        {
            kernel.Advance(100);
        }

        // 0.2, 0.4, … 3.2, then every 5 s: of a minute about 16.
        kernel.Forwarder.Read().Failures.ShouldBeInRange(12, 20);
        kernel.Events.Count(change => change.Kind == KernelEventKind.Failed).ShouldBe(1);
        kernel.Programs.Refusal = null;
        kernel.Advance(KernelForwarder.MaxRetryMs);
        kernel.Forwarder.Failure.ShouldBeNull();
        kernel.Events.ShouldContain(change => change.Kind == KernelEventKind.Recovered);
        kernel.LastScript.ShouldNotContain("goto to/fast/b");
    }

    [Fact]
    public void Wake_TableIsNotAsItWasWritten_WritesItAnew()
    {
        using var kernel = new ForwarderUnderTest();
        kernel.Apply();
        kernel.Advance(KernelForwarder.GapMs);
        kernel.Programs.Refusal = ("flush table", "Error: No such file or directory");

        kernel["b"].IsUp = false;
        kernel.Wake();

        kernel.LastScript.ShouldStartWith("add table inet atlas_t\ndelete table");
        kernel.Forwarder.Failure.ShouldBeNull();
    }

    [Fact]
    public void Look_TableIsGone_WritesItAnewAndKeepsWhatWasCounted()
    {
        using var kernel = new ForwarderUnderTest();
        kernel.Apply();
        kernel.Programs.Packets = 7;
        kernel.Advance(KernelForwarder.LookMs);
        kernel.Programs.Packets = null;
        kernel.Programs.Refusal = ("flush table", "Error: No such file or directory");

        kernel.Advance(KernelForwarder.LookMs);

        kernel.Programs.Scripts.Count.ShouldBe(2);
        kernel.Events[^1].Text.ShouldBe("mode kernel: table atlas_t was gone, and is written again");
        kernel.Programs.Packets = 2;
        kernel.Advance(KernelForwarder.MaxAgeMs);
        kernel.Forwarder.Read().Listeners[0].Servers[0].Flows.ShouldBe(9);
    }

    [Fact]
    public void Read_Twice_AsksOnceASecond()
    {
        using var kernel = new ForwarderUnderTest();
        kernel.Apply();
        kernel.Programs.Packets = 3;

        kernel.Forwarder.Read();
        kernel.Advance(KernelForwarder.MaxAgeMs - 1);
        KernelReport report = kernel.Forwarder.Read();

        kernel.Programs.Others.Count(asked => asked == "nft -j list counters table inet atlas_t").ShouldBe(1);
        report.AgeSeconds.ShouldBe(0.999, 0.0001);
        report.Listeners[0].Refused.ShouldBe(3);
        report.Listeners[0].Servers[0].ShouldBe(report.Listeners[0].Servers[0] with
        {
            Listener = "fast", Pool = "web", Server = "a", Flows = 3, In = new NftCounter(3, 120), Out = new NftCounter(3, 120),
        });
    }

    [Theory]
    [InlineData("down")]
    [InlineData("ejected")]
    [InlineData("maintenance")]
    public void Wake_UdpServerDoesNotServe_EndsItsFlowsOnce(string state)
    {
        using var kernel = new ForwarderUnderTest();
        kernel.Apply(Udp);
        kernel.Advance(KernelForwarder.GapMs);

        kernel["a"].IsUp = state != "down";
        kernel["a"].IsEjected = state == "ejected";
        kernel["a"].Admin = state == "maintenance" ? AdminState.Maintenance : AdminState.Ready;
        kernel.Wake();
        kernel["b"].Weight = 2;
        kernel.Advance(KernelForwarder.GapMs);
        kernel.Wake();

        Deletions(kernel)[2..].ShouldBe([
            "conntrack -D -f ipv4 -p udp --orig-dst 10.77.1.1 --orig-port-dst 53 --reply-src 10.0.0.1 --reply-port-src 53",
            "conntrack -D -f ipv4 -p udp --orig-dst 10.77.1.2 --orig-port-dst 53 --reply-src 10.0.0.1 --reply-port-src 53",
        ]);
    }

    [Fact]
    public void Apply_UdpListenerIsNew_EndsWhatCameThereBefore()
    {
        using var kernel = new ForwarderUnderTest();

        kernel.Apply(Udp);

        Deletions(kernel).ShouldBe([
            "conntrack -D -f ipv4 -p udp --orig-dst 10.77.1.1 --orig-port-dst 53 --reply-src 10.77.1.1 --reply-port-src 53",
            "conntrack -D -f ipv4 -p udp --orig-dst 10.77.1.2 --orig-port-dst 53 --reply-src 10.77.1.2 --reply-port-src 53",
        ]);
        kernel.Apply(Udp);
        Deletions(kernel).Length.ShouldBe(2);
    }

    [Fact]
    public void Wake_UdpServerDrains_LeavesItsFlows()
    {
        using var kernel = new ForwarderUnderTest();
        kernel.Apply(Udp);
        kernel.Advance(KernelForwarder.GapMs);

        kernel["a"].Admin = AdminState.Drain;
        kernel.Wake();

        kernel.LastScript.ShouldNotContain("vmap { 0");
        Deletions(kernel).Length.ShouldBe(2);
    }

    [Theory]
    [InlineData("keep", 0)]
    [InlineData("close", 1)]
    public void Wake_TcpServerDown_LeavesItsFlowsUnlessThePoolClosesThem(string onServerDown, int ended)
    {
        using var kernel = new ForwarderUnderTest();
        kernel.Apply(ForwarderUnderTest.Tcp.Replace("servers:", $"on_server_down: {onServerDown}, servers:", StringComparison.Ordinal));
        kernel.Advance(KernelForwarder.GapMs);

        kernel["a"].IsUp = false;
        kernel.Wake();

        Deletions(kernel).Length.ShouldBe(ended);
    }

    [Fact]
    public void Apply_UdpServerRemoved_EndsItsFlows()
    {
        using var kernel = new ForwarderUnderTest();
        kernel.Apply(Udp);

        kernel.Apply(Udp.Replace("{ name: a, address: 10.0.0.1:53 }, ", "", StringComparison.Ordinal));

        kernel.LastScript.ShouldContain("delete chain inet atlas_t to/fast/a\n");
        kernel.LastScript.ShouldContain("delete counter inet atlas_t flows/fast/a\n");
        Deletions(kernel).Length.ShouldBe(4);
    }

    [Fact]
    public void StopNew_SendsNoNewFlowsAnywhere()
    {
        using var kernel = new ForwarderUnderTest();
        kernel.Apply();

        kernel.Forwarder.StopNew();

        kernel.LastScript.ShouldContain("chain for/fast {\n\t}\n");
        kernel.Events[^1].Text.ShouldBe("listener fast: the kernel sends new flows to none");
    }

    [Fact]
    public void Dispose_RemovesTheTableAndEndsItsFlows()
    {
        var kernel = new ForwarderUnderTest();
        kernel.Apply();

        kernel.Dispose();
        kernel.Wake();

        kernel.Programs.Others.ShouldContain("nft delete table inet atlas_t");
        Deletions(kernel).Length.ShouldBe(3);
        kernel.Programs.Scripts.Count.ShouldBe(1);
    }

    private static string[] Deletions(ForwarderUnderTest kernel) =>
        [.. kernel.Programs.Others.Where(asked => asked.StartsWith("conntrack -D", StringComparison.Ordinal))];
}
