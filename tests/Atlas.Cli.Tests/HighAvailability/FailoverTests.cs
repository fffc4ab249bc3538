using System.Diagnostics;
using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.HighAvailability;

/// <summary>Two nodes of Atlas with one address, under a load of new connections.</summary>
public sealed class FailoverTests
{
    [Theory]
    [InlineData("100ms", "10.88.0.100/24", "10.88.0.100:80")]
    [InlineData("100ms", "fd88::100/64", "[fd88::100]:80")]
    [InlineData("1s", "10.88.0.100/24", "10.88.0.100:80")]
    public async Task Master_Killed_ItsBackupServes(string interval, string address, string target)
    {
        await using SharedNetwork network = SharedNetwork.Create();
        VirtualNode one = network.Keep(await VirtualNode.StartAsync(network.One, "one", $"priority: 150, advertise: {interval}", address));
        await one.SaysAsync("is master");
        VirtualNode two = network.Keep(await VirtualNode.StartAsync(network.Two, "two", $"priority: 100, advertise: {interval}", address));
        await using var load = new NewConnections(network.Client, target);
        await load.AnsweredAsync("one", 0);

        long killed = Stopwatch.GetTimestamp();
        await one.Program.SignalAsync("KILL");

        await load.AnsweredAsync("two", killed);
        await two.SaysAsync("is master");
        await load.StopAsync();
        await Wait.ForAsync(
            () => !SharedNetwork.Has(network.One, address.Split('/')[0]), () => "the kernel keeps the address of a process that is dead");
    }

    [Theory]
    [InlineData("100ms", "10.88.0.100/24", "10.88.0.100:80")]
    [InlineData("1s", "10.88.0.100/24", "10.88.0.100:80")]
    [InlineData("1s", "fd88::100/64", "[fd88::100]:80")]
    public async Task Master_Stopped_NoConnectionFails(string interval, string address, string target)
    {
        await using SharedNetwork network = SharedNetwork.Create();
        VirtualNode one = network.Keep(await VirtualNode.StartAsync(network.One, "one", $"priority: 150, advertise: {interval}", address));
        await one.SaysAsync("is master");
        VirtualNode two = network.Keep(await VirtualNode.StartAsync(network.Two, "two", $"priority: 100, advertise: {interval}", address));
        await two.SaysAsync("is backup");
        await using var load = new NewConnections(network.Client, target);
        await load.AnsweredAsync("one", 0);

        long stopped = Stopwatch.GetTimestamp();
        await one.Program.SignalAsync("TERM");

        (await one.Program.EndAsync()).ShouldBe(0);
        await load.AnsweredAsync("two", stopped);
        await load.StopAsync();
        load.Failures.ShouldBeEmpty();
    }

    [Fact]
    public async Task Master_Paused_StepsDownBeforeItSpeaksAndItsAddressIsGoneMeanwhile()
    {
        await using SharedNetwork network = SharedNetwork.Create();
        VirtualNode one = network.Keep(await VirtualNode.StartAsync(network.One, "one", "priority: 150, advertise: 200ms, preempt: false"));
        await one.SaysAsync("is master");
        VirtualNode two = network.Keep(await VirtualNode.StartAsync(network.Two, "two", "priority: 100, advertise: 200ms"));
        await two.SaysAsync("is backup");

        await one.Program.SignalAsync("STOP");

        await two.SaysAsync("is master");
        await Wait.ForAsync(() => !SharedNetwork.Has(network.One), () => "the kernel keeps the address of a process that is stopped");
        await one.Program.SignalAsync("CONT");
        await one.SaysAsync("did not run for too long");
        SharedNetwork.Has(network.Two).ShouldBeTrue();
        SharedNetwork.Has(network.One).ShouldBeFalse();
        two.Program.Errors.ShouldNotContain("gave 10.88.0.100 up");
    }

    [Fact]
    public async Task Nodes_CutApartAndHealed_HaveOneMasterThatClientsKnow()
    {
        await using SharedNetwork network = SharedNetwork.Create();
        VirtualNode one = network.Keep(await VirtualNode.StartAsync(network.One, "one", "priority: 150, advertise: 200ms"));
        await one.SaysAsync("is master");
        VirtualNode two = network.Keep(await VirtualNode.StartAsync(network.Two, "two", "priority: 100, advertise: 200ms"));
        await two.SaysAsync("is backup");

        network.Split(true);

        await two.SaysAsync("is master");
        await network.ResolveAsync();
        await Wait.ForAsync(() => network.NeighborOf() == SharedNetwork.LinkOf(network.Two), () => "the later master's ARP wins at first");
        network.Split(false);

        await two.SaysAsync("gave 10.88.0.100 up");
        await Wait.ForAsync(
            () => network.NeighborOf() == SharedNetwork.LinkOf(network.One), () => $"the client knows {network.NeighborOf()}");
        SharedNetwork.Has(network.One).ShouldBeTrue();
        SharedNetwork.Has(network.Two).ShouldBeFalse();
    }

    [Fact]
    public async Task Interface_UnpluggedAndBack_IsAFaultThatEnds()
    {
        await using SharedNetwork network = SharedNetwork.Create();
        VirtualNode one = network.Keep(await VirtualNode.StartAsync(network.One, "one", "priority: 150, advertise: 100ms"));
        await one.SaysAsync("is master");

        network.Unplug("one");

        await one.SaysAsync("is in fault");
        SharedNetwork.Has(network.One).ShouldBeFalse();
        network.Plug("one");
        await one.SaysAsync("is master", skip: 1);
        SharedNetwork.Has(network.One).ShouldBeTrue();
    }
}
