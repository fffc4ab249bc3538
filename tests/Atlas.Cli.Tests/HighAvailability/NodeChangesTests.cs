using System.Globalization;
using System.Runtime.Versioning;
using Atlas.Cli.Tests.Kernel;
using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.HighAvailability;

/// <summary>Nodes that are upgraded, or get another file, or an interface that refuses.</summary>
[SupportedOSPlatform("linux")]
public sealed class NodeChangesTests
{
    [Fact]
    public async Task Upgrade_OfAMasterWithPeersAndAZone_GoesOnWithAllOfIt()
    {
        await using SharedNetwork network = SharedNetwork.Create();
        using var config = new ConfigFile("");
        config.Write(Text(config, dnsPort: 53, listener: "0.0.0.0:80"));
        await using RunningProgram first = network.One.Start(Checkout.Program, "run", "-c", config.Path);
        await first.ErrorAsync("ready");
        await SaysAsync(first, "is master", 1);

        await first.SignalAsync("USR2");

        string pid = (await first.ErrorAsync("upgraded to process ")).Split(' ')[0];
        try
        {
            await SaysAsync(first, "goes on from the process before", 1);
            await SaysAsync(first, "zone lb.example.com: DNS on", 2);
            await Wait.ForAsync(() => Binds(network.One, "udp", 9901) && Binds(network.One, "udp", 53), () => first.Errors);
            first.Errors.ShouldNotContain("cannot listen");
            SharedNetwork.Has(network.One).ShouldBeTrue();
        }
        finally
        {
            await Tool.EndAsync("kill", "-TERM", pid);
            await first.EndAsync();
        }
    }

    [Fact]
    public async Task Reload_ThatIsRefused_LeavesPeersAndZoneWhereTheyWere()
    {
        await using SharedNetwork network = SharedNetwork.Create();
        using var config = new ConfigFile("");
        config.Write(Text(config, dnsPort: 53, listener: "0.0.0.0:80"));
        await using RunningProgram program = network.One.Start(Checkout.Program, "run", "-c", config.Path);
        await program.ErrorAsync("ready");

        config.Write(Text(config, dnsPort: 54, listener: "192.0.2.1:80").Replace("0.0.0.0:9901", "0.0.0.0:9902", StringComparison.Ordinal));
        await program.SignalAsync("HUP");

        await SaysAsync(program, "not reloaded: nothing has changed", 1);
        int[] ports = [53, 54, 9901, 9902];
        ports.Where(port => Binds(network.One, "udp", port)).ShouldBe([53, 9901]);

        config.Write(Text(config, dnsPort: 54, listener: "0.0.0.0:80"));
        await program.SignalAsync("HUP");
        await Wait.ForAsync(() => Binds(network.One, "udp", 54) && !Binds(network.One, "udp", 53), () => program.Errors);
    }

    [Fact]
    public async Task Interface_ThatRefusesTheAddresses_LeavesThemToTheMaster()
    {
        await using SharedNetwork network = SharedNetwork.Create();
        const string Address = "10.77.0.100";
        VirtualNode two = network.Keep(await VirtualNode.StartAsync(network.Two, "two", "priority: 100, advertise: 100ms", Address + "/24"));
        await two.SaysAsync("is master");

        // The kernel has addresses of a network in one scope only.
        network.One.Configure("addr", "add", "10.77.0.5/24", "dev", "eth", "scope", "link");
        VirtualNode one = network.Keep(await VirtualNode.StartAsync(network.One, "one", "priority: 150, advertise: 100ms", Address + "/24"));

        // Once more after a second: it is no matter of the first time only.
        await one.SaysAsync("does not take the addresses", skip: 1);
        SharedNetwork.Has(network.Two, Address).ShouldBeTrue();
        two.Program.Errors.ShouldNotContain($"gave {Address} up");
        network.One.Configure("addr", "del", "10.77.0.5/24", "dev", "eth");
        await Wait.ForAsync(() => SharedNetwork.Has(network.One, Address), () => one.Program.Errors);
        await Wait.ForAsync(() => !SharedNetwork.Has(network.Two, Address), () => two.Program.Errors);
    }

    private static Task SaysAsync(RunningProgram program, string text, int times) => Wait.ForAsync(
        () => program.Errors.Split('\n').Count(line => line.Contains(text, StringComparison.Ordinal)) >= times,
        () => $"not {times} lines with '{text}':\n{program.Errors}");

    private static bool Binds(NetworkNamespace node, string protocol, int port) => node.Run("cat", $"/proc/net/{protocol}")
        .Contains(string.Create(CultureInfo.InvariantCulture, $":{port:X4} 00000000:0000"), StringComparison.Ordinal);

    private static string Text(ConfigFile config, int dnsPort, string listener)
    {
        string secret = config.Sibling("cluster.key");
        File.WriteAllText(secret, "0123456789abcdef0123456789abcdef");
        File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return
            $$"""
            listeners:
              web: { bind: "{{listener}}", routes: [{ respond: { status: 200, body: ok } }] }
            admin: { bind: none }
            high_availability:
              node: one
              secret: { file: {{secret}} }
              bind: 0.0.0.0:9901
              peers: [{ name: two, address: 10.88.0.12:9901 }]
              active_passive: [{ interface: eth, router_id: 51, addresses: [{{SharedNetwork.VirtualIp}}/24], advertise: 100ms }]
              active_active:
                bind: 10.88.0.11:{{dnsPort}}
                zone: lb.example.com
                records: { www: { nodes: { one: 10.88.0.11, two: 10.88.0.12 } } }
            """;
    }
}
