using Atlas.Cli.Tests.Programs;
using Atlas.Cli.Tests.Running;

namespace Atlas.Cli.Tests.HighAvailability;

/// <summary>The program of a node replaced while it has the address.</summary>
public sealed class NodeUpgradeTests
{
    private const int Upgrades = 2;

    // Of the address, twice a second: so many take longer than the three seconds for which the kernel keeps what nobody renews.
    private const int Renewals = 8;

    [Fact]
    public async Task Upgrade_OfTheMaster_KeepsTheAddressAndItsPlaceAmongTheNodes()
    {
        await using SharedNetwork network = SharedNetwork.Create();
        using var config = new ConfigFile(Text("one", 150));
        await VirtualNode.WriteSecretAsync(config, "the same on all nodes");
        UpgradableAtlas one = network.Keep(await UpgradableAtlas.StartAsync(config, network.One));
        await Wait.ForAsync(() => RoutedNode.Has(network.One, 51), () => one.Program.Errors);
        VirtualNode two = network.Keep(await VirtualNode.StartTextAsync(network.Two, Text("two", 100)));
        await two.SaysAsync("peer one: alive");
        await two.SaysAsync("is backup");
        await using var load = new NewConnections(network.Client, "10.88.0.51:80");
        await load.AnsweredAsync("one", 0);

        for (int i = 0; i < Upgrades; i++)
        {
            await one.UpgradeAsync();
            await load.AnsweredAsync("one", System.Diagnostics.Stopwatch.GetTimestamp());
        }

        // Both processes before have ended, and the last one renews the address.
        await Wait.ForAsync(() => one.Program.Count(" ended") == Upgrades, () => one.Program.Errors);
        await using RunningProgram monitor = network.One.Start("ip", "-o", "monitor", "address");
        await Wait.ForAsync(
            () => monitor.Output.Split('\n').Count(line => line.Contains(" 10.88.0.51/", StringComparison.Ordinal)) >= Renewals,
            () => $"too few renewals: {monitor.Output}\n{one.Program.Errors}");
        monitor.Output.ShouldNotContain("Deleted");
        RoutedNode.Has(network.One, 51).ShouldBeTrue(one.Program.Errors);
        await load.StopAsync();
        load.Failures.ShouldBeEmpty(one.Program.Errors + two.Program.Errors);
        load.Answers.ShouldAllBe(answer => answer.Node == "one");
        two.Count("is master").ShouldBe(0, two.Program.Errors);

        // Each new process has opened the ports of the old one.
        await one.Program.SaysAsync("zone lb.example: DNS on", skip: Upgrades);
        await Wait.ForAsync(
            () => SharedNetwork.BindsUdp(network.One, 9901) && SharedNetwork.BindsUdp(network.One, 53), () => one.Program.Errors);
        one.Program.Errors.ShouldNotContain("cannot listen");
        one.Program.Errors.ShouldNotContain("in use");
        Dig.Ask(network.Client, "10.88.0.11").Length.ShouldBe(2, one.Program.Errors);
        await Wait.ForAsync(() => Dig.Ask(network.Client, "10.88.0.12").Length == 2, () => two.Program.Errors);
        one.Program.Count("is master, has 10.88.0.51: goes on from the process before").ShouldBe(Upgrades, one.Program.Errors);
        one.Program.Count("gave 10.88.0.51 up").ShouldBe(0, one.Program.Errors);

        // What took its place is a node like any other: it hands over at its end.
        await one.StopAsync();
        await Wait.ForAsync(() => RoutedNode.Has(network.Two, 51) && !RoutedNode.Has(network.One, 51), () => two.Program.Errors);
    }

    [Fact]
    public async Task Upgrade_ToAFileWithoutARouter_HandsItsAddressOver()
    {
        await using SharedNetwork network = SharedNetwork.Create();
        using var config = new ConfigFile(RoutedNode.Text("one", [RoutedNode.Router(51, "priority: 150"), RoutedNode.Router(52, "priority: 150")]));
        UpgradableAtlas one = network.Keep(await UpgradableAtlas.StartAsync(config, network.One));
        await one.Program.SaysAsync("is master", skip: 1);
        VirtualNode two = network.Keep(await VirtualNode.StartTextAsync(
            network.Two, RoutedNode.Text("two", [RoutedNode.Router(51, "priority: 100"), RoutedNode.Router(52, "priority: 100")])));
        await two.SaysAsync("is backup", skip: 1);

        config.Write(RoutedNode.Text("one", [RoutedNode.Router(51, "priority: 150")]));
        await one.UpgradeAsync();

        await two.SaysAsync("virtual router eth/52 is master, has 10.88.0.52: the master stopped");
        await RoutedNode.HasAsync(two, network.Two, network.One, 52);
        await one.Program.SaysAsync(" ended");
        RoutedNode.Has(network.One, 51).ShouldBeTrue(one.Program.Errors);
        two.Count("virtual router eth/51 is master").ShouldBe(0, two.Program.Errors);
        one.Program.Count("10.88.0.51: goes on from the process before").ShouldBe(1, one.Program.Errors);
    }

    private static string Text(string name, int priority) =>
        $$"""
        {{RoutedNode.Text(name, [RoutedNode.Router(51, $"priority: {priority}")])}}
          secret: { file: secret }
          peers: [{ name: {{(name == "one" ? "two" : "one")}}, address: 10.88.0.{{(name == "one" ? 12 : 11)}}:9901 }]
          active_active:
            bind: 10.88.0.{{(name == "one" ? 11 : 12)}}:53
            zone: lb.example
            records: { www: { nodes: { one: 10.88.0.11, two: 10.88.0.12 } } }
        """;
}
