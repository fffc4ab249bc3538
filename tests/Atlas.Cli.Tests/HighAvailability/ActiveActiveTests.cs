using System.Diagnostics;
using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.HighAvailability;

/// <summary>Two nodes that name each other in DNS answers as long as they live.</summary>
public sealed class ActiveActiveTests(ITestOutputHelper output)
{
    private const string OneIp = "10.88.0.11";
    private const string TwoIp = "10.88.0.12";

    [Fact]
    public async Task Answers_OfBothNodes_NameBothInTurns()
    {
        await using SharedNetwork network = SharedNetwork.Create();
        await StartAsync(network);

        foreach (string server in (string[])[OneIp, TwoIp])
        {
            string[][] answers = [.. Enumerable.Range(0, 4).Select(_ => Dig.Ask(network.Client, server))];

            answers.ShouldAllBe(answer => answer.Order().SequenceEqual(new[] { OneIp, TwoIp }));
            answers.Count(answer => answer[0] == OneIp).ShouldBe(2);
        }
    }

    [Theory]
    [InlineData("KILL")]
    [InlineData("STOP")]
    public async Task Node_DiesOrHangs_LeavesTheOthersAnswersAndComesBack(string signal)
    {
        await using SharedNetwork network = SharedNetwork.Create();
        (VirtualNode one, VirtualNode two) = await StartAsync(network);

        long start = Stopwatch.GetTimestamp();
        await two.Program.SignalAsync(signal);
        await NamesAsync(network, one, OneIp);
        output.WriteLine($"{signal}: gone from the answers after {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0} ms");

        if (signal == "STOP")
        {
            await two.Program.SignalAsync("CONT");
        }
        else
        {
            network.Keep(await VirtualNode.StartTextAsync(network.Two, Text("two")));
        }

        await NamesAsync(network, one, OneIp, TwoIp);
    }

    [Fact]
    public async Task Node_Stopped_LeavesAtOnceWhileItStillServes()
    {
        await using SharedNetwork network = SharedNetwork.Create();
        (VirtualNode one, VirtualNode two) = await StartAsync(network);

        long start = Stopwatch.GetTimestamp();
        await two.Program.SignalAsync("TERM");
        await NamesAsync(network, one, OneIp);
        output.WriteLine($"gone from the answers after {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0} ms");

        // It goes on for ready_delay, which no test waits for, with a zone that does not name it either.
        using HttpClient http = network.Client.NewHttpClient();
        (await http.GetStringAsync($"http://{TwoIp}/")).ShouldBe("two");
        Dig.Ask(network.Client, TwoIp).ShouldBe([OneIp]);
        await one.SaysAsync("peer two: it drains");
    }

    [Fact]
    public async Task Nodes_CutOffFromEachOther_NeverAnswerNothingAndComeBack()
    {
        await using SharedNetwork network = SharedNetwork.Create();
        (VirtualNode one, VirtualNode two) = await StartAsync(network);

        network.Unplug("two");

        await NamesAsync(network, one, OneIp);
        await Wait.ForAsync(() => Check(Dig.Ask(network.Two, TwoIp)).SequenceEqual([TwoIp]), () => two.Program.Errors);
        await two.SaysAsync("peer one: dead after");
        network.Plug("two");
        await NamesAsync(network, one, OneIp, TwoIp);
        await NamesAsync(network, two, OneIp, TwoIp);

        // With nobody left who is known to live, all are named.
        network.Unplug("two");
        await NamesAsync(network, one, OneIp);
        await one.Program.SignalAsync("TERM");
        await NamesAsync(network, one, OneIp, TwoIp);
    }

    [Fact]
    public async Task Node_WithAnotherSecret_IsNeverLive()
    {
        await using SharedNetwork network = SharedNetwork.Create();
        VirtualNode one = network.Keep(await VirtualNode.StartTextAsync(network.One, Text("one")));
        VirtualNode two = network.Keep(await VirtualNode.StartTextAsync(network.Two, Text("two"), "another one, as long as it has to be"));

        await one.SaysAsync("peer two: dead after");
        await two.SaysAsync("peer one: dead after");

        await NamesAsync(network, one, OneIp);
        await NamesAsync(network, two, TwoIp);
        using HttpClient http = network.One.NewHttpClient();
        string metrics = await http.GetStringAsync("http://127.0.0.1:9900/metrics");
        metrics.ShouldMatch("(?m)^atlas_heartbeats_refused_total\\{reason=\"not_authentic\"\\} [1-9]");
        metrics.ShouldContain("atlas_peer_live{peer=\"two\"} 0");
        one.Count("alive").ShouldBe(0, one.Program.Errors);
    }

    /// <summary>Starts both, and waits until each knows that the other lives.</summary>
    private static async Task<(VirtualNode One, VirtualNode Two)> StartAsync(SharedNetwork network)
    {
        Task<VirtualNode> first = VirtualNode.StartTextAsync(network.One, Text("one"));
        VirtualNode two = network.Keep(await VirtualNode.StartTextAsync(network.Two, Text("two")));
        VirtualNode one = network.Keep(await first);
        await one.SaysAsync("peer two: alive");
        await two.SaysAsync("peer one: alive");
        return (one, two);
    }

    /// <summary>Waits until a node's answers name these and no others; none is empty meanwhile.</summary>
    private static Task NamesAsync(SharedNetwork network, VirtualNode node, params string[] addresses)
    {
        string server = node.Program.Errors.Contains($"DNS on {OneIp}:53", StringComparison.Ordinal) ? OneIp : TwoIp;
        string[] answer = [];
        return Wait.ForAsync(
            () => (answer = Check(Dig.Ask(network.Client, server))).Order().SequenceEqual(addresses),
            () => $"{server} names {string.Join(' ', answer)}:\n{node.Program.Errors}");
    }

    private static string[] Check(string[] answer)
    {
        answer.ShouldNotBeEmpty();
        return answer;
    }

    private static string Text(string name) =>
        $$"""
        listeners:
          web: { bind: 0.0.0.0:80, routes: [{ respond: { status: 200, body: "{{name}}" } }] }
        runtime: { shutdown: { ready_delay: 20s } }
        admin: { bind: 127.0.0.1:9900 }
        high_availability:
          node: {{name}}
          secret: { file: secret }
          peers: [{ name: {{(name == "one" ? "two" : "one")}}, address: {{(name == "one" ? TwoIp : OneIp)}}:9901 }]
          active_active:
            bind: {{(name == "one" ? OneIp : TwoIp)}}:53
            zone: lb.example
            records: { www: { nodes: { one: {{OneIp}}, two: {{TwoIp}} } } }
        """;
}
