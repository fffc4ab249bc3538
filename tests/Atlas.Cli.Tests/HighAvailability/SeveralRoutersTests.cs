using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.HighAvailability;

/// <summary>Nodes with two virtual routers.</summary>
public sealed class SeveralRoutersTests
{
    [Fact]
    public async Task Priorities_Crossed_EachNodeHasOneAddressAndTheSurvivorBoth()
    {
        await using SharedNetwork network = SharedNetwork.Create();
        string first = RoutedNode.Text("one", [RoutedNode.Router(51, "priority: 150"), RoutedNode.Router(52, "priority: 100")]);
        string second = RoutedNode.Text("two", [RoutedNode.Router(51, "priority: 100"), RoutedNode.Router(52, "priority: 150")]);
        VirtualNode one = network.Keep(await VirtualNode.StartTextAsync(network.One, first));
        VirtualNode two = network.Keep(await VirtualNode.StartTextAsync(network.Two, second));
        await RoutedNode.HasAsync(one, network.One, network.Two, 51);
        await RoutedNode.HasAsync(two, network.Two, network.One, 52);

        await one.Program.SignalAsync("KILL");

        await RoutedNode.HasAsync(two, network.Two, network.One, 51);
        RoutedNode.Has(network.Two, 52).ShouldBeTrue();
        one = network.Keep(await VirtualNode.StartTextAsync(network.One, first));
        await RoutedNode.HasAsync(one, network.One, network.Two, 51);
        await RoutedNode.HasAsync(two, network.Two, network.One, 52);
        two.Count("gave 10.88.0.52 up").ShouldBe(0);
    }

    [Fact]
    public async Task Reload_OfOneRouter_LeavesTheOtherAloneAndKeepsWhatItCan()
    {
        await using SharedNetwork network = SharedNetwork.Create();
        string other = RoutedNode.Router(52, "priority: 150");
        VirtualNode one = network.Keep(await VirtualNode.StartTextAsync(network.One, RoutedNode.Text("one", [RoutedNode.Router(51, "priority: 150"), other])));
        await one.SaysAsync("is master", skip: 1);
        VirtualNode two = network.Keep(await VirtualNode.StartTextAsync(
            network.Two, RoutedNode.Text("two", [RoutedNode.Router(51, "priority: 100"), RoutedNode.Router(52, "priority: 100")])));
        await two.SaysAsync("is backup", skip: 1);

        // Still higher than the other node's: nobody notices.
        string changed = "priority: 140, preempt: false, track: { penalty: 5 }, announce: { repeat: 2 }";
        await one.ReloadAsync(RoutedNode.Text("one", [RoutedNode.Router(51, changed), other]));
        await one.SaysAsync("virtual router eth/51 has priority 140");

        // An address more, one less: the one that stays is not touched.
        await one.ReloadAsync(RoutedNode.Text("one", [RoutedNode.Router(51, changed, 53), other]));
        await RoutedNode.HasAsync(one, network.One, network.Two, 53);
        await network.ResolveAsync("10.88.0.53");
        await Wait.ForAsync(
            () => network.NeighborOf("10.88.0.53") == SharedNetwork.LinkOf(network.One), () => $"the client knows {network.NeighborOf("10.88.0.53")}");
        await one.ReloadAsync(RoutedNode.Text("one", [RoutedNode.Router(51, changed), other]));
        await Wait.ForAsync(() => !RoutedNode.Has(network.One, 53), () => one.Program.Errors);
        RoutedNode.Has(network.One, 51).ShouldBeTrue();
        one.Count("is master").ShouldBe(2, one.Program.Errors);
        one.Count("is backup").ShouldBe(2, "as each of them began");
        two.Count("is master").ShouldBe(0, two.Program.Errors);

        // Lower than the other node's: that one takes over, and no router ends.
        await one.ReloadAsync(RoutedNode.Text("one", [RoutedNode.Router(51, "priority: 90"), other]));
        await RoutedNode.HasAsync(two, network.Two, network.One, 51);
        await one.SaysAsync("gave 10.88.0.51 up: a master of higher priority was heard");

        // Taken away: it stops.
        await two.ReloadAsync(RoutedNode.Text("two", [RoutedNode.Router(52, "priority: 100")]));
        await RoutedNode.HasAsync(one, network.One, network.Two, 51);

        one.Count("is stopped").ShouldBe(0);
        one.Count("10.88.0.52").ShouldBe(1, "it became master once, and that is all that was said of it");
        two.Count("is stopped").ShouldBe(1);
        RoutedNode.Has(network.One, 52).ShouldBeTrue();
        RoutedNode.Has(network.Two, 52).ShouldBeFalse();
    }
}
