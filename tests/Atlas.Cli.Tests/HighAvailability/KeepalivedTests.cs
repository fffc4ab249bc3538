using Atlas.Cli.Tests.Kernel;
using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.HighAvailability;

/// <summary>Atlas and keepalived, another implementation of VRRPv3, share an address in both directions.</summary>
public sealed class KeepalivedTests
{
    // What keepalived and Atlas need to be told of how they reach each other: who sends where.
    public static TheoryData<string> Ways => ["multicast", "unicast"];

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Atlas_Higher_PreemptsHandsOverAndTakesBack(string way)
    {
        await using SharedNetwork network = SharedNetwork.Create();
        using var config = new ConfigFile("");
        RunningProgram keepalived = network.Keep(Start(network, config, priority: 100, way));
        await HasAsync(network.Two, keepalived);

        VirtualNode atlas = network.Keep(await VirtualNode.StartAsync(network.One, "one", $"priority: 150, advertise: 200ms, {Peers(way)}"));
        await HasAsync(network.One, keepalived);
        await HasNotAsync(network.Two, keepalived);

        await atlas.Program.SignalAsync("TERM");
        (await atlas.Program.EndAsync()).ShouldBe(0);
        await HasAsync(network.Two, keepalived);
        SharedNetwork.Has(network.One).ShouldBeFalse();

        VirtualNode again = network.Keep(await VirtualNode.StartAsync(network.One, "one", $"priority: 150, advertise: 200ms, {Peers(way)}"));
        await HasAsync(network.One, keepalived);
        await again.Program.SignalAsync("KILL");
        await HasAsync(network.Two, keepalived);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Keepalived_Higher_PreemptsHandsOverAndDies(string way)
    {
        await using SharedNetwork network = SharedNetwork.Create();
        using var config = new ConfigFile("");
        VirtualNode atlas = network.Keep(await VirtualNode.StartAsync(network.One, "one", $"priority: 100, advertise: 200ms, {Peers(way)}"));
        await atlas.SaysAsync("is master");

        RunningProgram keepalived = network.Keep(Start(network, config, priority: 150, way));
        await HasAsync(network.Two, keepalived);
        await atlas.SaysAsync("gave 10.88.0.100 up: a master of higher priority was heard (10.88.0.12, priority 150)");
        SharedNetwork.Has(network.One).ShouldBeFalse();

        await keepalived.SignalAsync("TERM");
        await atlas.SaysAsync("the master stopped (10.88.0.12, priority 0)");
        await HasAsync(network.One, keepalived);
    }

    [Fact]
    public async Task IPv6_BothElectAndHandOver()
    {
        const string Address = "fd88::100";
        await using SharedNetwork network = SharedNetwork.Create();
        using var config = new ConfigFile("");
        RunningProgram keepalived = network.Keep(KeepalivedNode.Start(network.Two, config, $$"""
            priority 100
            advert_int 0.2
            native_ipv6
            virtual_ipaddress {
              {{Address}}/64
            }
            """));
        await HasAsync(network.Two, keepalived, Address);
        VirtualNode atlas = network.Keep(
            await VirtualNode.StartAsync(network.One, "one", "priority: 150, advertise: 200ms", Address + "/64"));
        await HasAsync(network.One, keepalived, Address);
        await HasNotAsync(network.Two, keepalived, Address);
        await atlas.Program.SignalAsync("TERM");
        (await atlas.Program.EndAsync()).ShouldBe(0);
        await HasAsync(network.Two, keepalived, Address);
    }

    private static RunningProgram Start(SharedNetwork network, ConfigFile config, int priority, string way) => KeepalivedNode.Start(
        network.Two,
        config,
        $$"""
        priority {{priority}}
        advert_int 0.2
        {{(way == "unicast" ? "unicast_src_ip 10.88.0.12\nunicast_peer {\n10.88.0.11\n}" : "")}}
        virtual_ipaddress {
          10.88.0.100/24
        }
        """);

    private static string Peers(string way) => way == "unicast" ? "unicast_peers: [10.88.0.12]" : "unicast_peers: []";

    private static Task HasAsync(NetworkNamespace node, RunningProgram keepalived, string address = SharedNetwork.VirtualIp) =>
        Wait.ForAsync(() => SharedNetwork.Has(node, address), () => $"{node.Name} has not {address}:\n{keepalived.Output}\n{keepalived.Errors}");

    private static Task HasNotAsync(NetworkNamespace node, RunningProgram keepalived, string address = SharedNetwork.VirtualIp) =>
        Wait.ForAsync(() => !SharedNetwork.Has(node, address), () => $"{node.Name} keeps {address}:\n{keepalived.Output}\n{keepalived.Errors}");
}
