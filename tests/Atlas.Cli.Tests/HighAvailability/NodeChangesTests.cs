using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.HighAvailability;

/// <summary>Nodes that get another file, or an interface that refuses.</summary>
public sealed class NodeChangesTests
{
    [Fact]
    public async Task Reload_ThatIsRefused_LeavesPeersAndZoneWhereTheyWere()
    {
        await using SharedNetwork network = SharedNetwork.Create();
        using var config = new ConfigFile(Text(dnsPort: 53, listener: "0.0.0.0:80"));
        await VirtualNode.WriteSecretAsync(config, "the same on all nodes");
        await using RunningProgram program = network.One.Start(Checkout.Program, "run", "-c", config.Path);
        await program.ErrorAsync("ready");

        config.Write(Text(dnsPort: 54, listener: "192.0.2.1:80").Replace("0.0.0.0:9901", "0.0.0.0:9902", StringComparison.Ordinal));
        await program.SignalAsync("HUP");

        await program.SaysAsync("not reloaded: nothing has changed");
        int[] ports = [53, 54, 9901, 9902];
        ports.Where(port => SharedNetwork.BindsUdp(network.One, port)).ShouldBe([53, 9901]);

        config.Write(Text(dnsPort: 54, listener: "0.0.0.0:80"));
        await program.SignalAsync("HUP");
        await Wait.ForAsync(() => SharedNetwork.BindsUdp(network.One, 54) && !SharedNetwork.BindsUdp(network.One, 53), () => program.Errors);
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

    private static string Text(int dnsPort, string listener) =>
        $$"""
        listeners:
          web: { bind: "{{listener}}", routes: [{ respond: { status: 200, body: ok } }] }
        admin: { bind: none }
        high_availability:
          node: one
          secret: { file: secret }
          bind: 0.0.0.0:9901
          peers: [{ name: two, address: 10.88.0.12:9901 }]
          active_passive: [{ interface: eth, router_id: 51, addresses: [{{SharedNetwork.VirtualIp}}/24], advertise: 100ms }]
          active_active:
            bind: 10.88.0.11:{{dnsPort}}
            zone: lb.example.com
            records: { www: { nodes: { one: 10.88.0.11, two: 10.88.0.12 } } }
        """;
}
