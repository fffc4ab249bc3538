using System.Diagnostics;
using Atlas.Cli.Tests.Kernel;
using Atlas.Cli.Tests.Programs;
using Atlas.Cli.Tests.Running;

namespace Atlas.Cli.Tests.HighAvailability;

/// <summary>The lease in milliseconds of nodes whose interval is short.</summary>
public sealed class LeaseTests
{
    private const string Table = "atlas-vrrp/eth/51";

    // Long enough that a busy machine does not make a master step down, and shorter than a second, so that there is a lease.
    private const string Patient = "320ms";

    [Theory]
    [InlineData("100ms", "300ms", "10.88.0.100", 24, "10.88.0.100:80")]
    [InlineData(Patient, "960ms", "fd88::100", 64, "[fd88::100]:80")]
    public async Task Master_StoppedByASignal_DoesNotAnswerOnceItsBackupDoes(
        string interval, string lease, string address, int prefix, string target)
    {
        await using SharedNetwork network = SharedNetwork.Create();
        string keys = $"advertise: {interval}, preempt: false";
        VirtualNode one = network.Keep(await VirtualNode.StartAsync(network.One, "one", $"priority: 150, {keys}", $"{address}/{prefix}"));
        await one.SaysAsync("is master");
        VirtualNode two = network.Keep(await VirtualNode.StartAsync(network.Two, "two", $"priority: 100, {keys}", $"{address}/{prefix}"));
        await two.SaysAsync("is backup");
        await using var load = new NewConnections(network.Client, target);
        await load.AnsweredAsync("one", 0);
        Live(network.One, address).ShouldContain($"{address} timeout {lease}");

        await one.Program.SignalAsync("STOP");

        await two.SaysAsync("is master");
        await HasEndedAsync(network.One, address);
        Live(network.Two, address).ShouldContain(address);
        for (int i = 0; i < 5; i++)
        {
            network.Client.Configure("neigh", "flush", "to", address, "dev", "eth");
            await network.ResolveAsync(address);
            await Wait.ForAsync(() => network.NeighborOf(address).Length > 0, () => "nobody says that he has the address");
            network.NeighborOf(address).ShouldBe(SharedNetwork.LinkOf(network.Two));
        }

        await load.AnsweredAsync("two", Stopwatch.GetTimestamp());
        await one.Program.SignalAsync("CONT");
        await one.SaysAsync("did not run for too long");
        await Wait.ForAsync(() => Ruleset(network.One).Length == 0, () => Ruleset(network.One));

        // It is a backup like any other.
        long killed = Stopwatch.GetTimestamp();
        await two.Program.SignalAsync("KILL");
        await load.AnsweredAsync("one", killed);
        await load.StopAsync();
        Live(network.One, address).ShouldContain(address);
        await HasEndedAsync(network.Two, address);
    }

    [Fact]
    public async Task Master_Killed_LeavesWhatTheNextStartRemoves()
    {
        await using SharedNetwork network = SharedNetwork.Create();
        VirtualNode one = network.Keep(await VirtualNode.StartAsync(network.One, "one", $"priority: 150, advertise: {Patient}, preempt: false"));
        await one.SaysAsync("is master");
        VirtualNode two = network.Keep(await VirtualNode.StartAsync(network.Two, "two", $"priority: 100, advertise: {Patient}"));
        await two.SaysAsync("is backup");

        await one.Program.SignalAsync("KILL");

        await two.SaysAsync("is master");
        await HasEndedAsync(network.One, SharedNetwork.VirtualIp);
        Ruleset(network.One).ShouldContain(Table);
        one = network.Keep(await VirtualNode.StartAsync(network.One, "one", $"priority: 150, advertise: {Patient}, preempt: false"));
        await one.SaysAsync("is backup");
        Ruleset(network.One).ShouldBeEmpty();
    }

    [Fact]
    public async Task Master_ThatEnds_LeavesNothing()
    {
        await using SharedNetwork network = SharedNetwork.Create();
        VirtualNode one = network.Keep(await VirtualNode.StartAsync(network.One, "one", $"priority: 150, advertise: {Patient}"));
        await one.SaysAsync("is master");
        await using var load = new NewConnections(network.Client, "10.88.0.100:80");
        await load.AnsweredAsync("one", 0);
        Ruleset(network.One).ShouldContain(Table);

        await one.Program.SignalAsync("TERM");

        (await one.Program.EndAsync()).ShouldBe(0);
        Ruleset(network.One).ShouldBeEmpty();
        SharedNetwork.Has(network.One).ShouldBeFalse();
    }

    [Fact]
    public async Task Interval_OfASecond_HasNoLease()
    {
        await using SharedNetwork network = SharedNetwork.Create();
        VirtualNode one = network.Keep(await VirtualNode.StartAsync(network.One, "one", "priority: 150, advertise: 1s"));
        await one.SaysAsync("is master");
        SharedNetwork.Has(network.One).ShouldBeTrue();
        Ruleset(network.One).ShouldBeEmpty();
    }

    [Fact]
    public async Task Filter_RefusedByTheKernel_IsSaidAndLeavesTheAddress()
    {
        await using SharedNetwork network = SharedNetwork.Create();

        // A table that belongs to a program which runs is nobody else's to change.
        await using RunningProgram owner = network.One.Start(
            "sh", "-c", $"(echo 'add table ip {Table} {{ flags owner; }}'; echo 'list tables'; sleep 600) | nft -i");
        await Wait.ForAsync(() => Ruleset(network.One).Contains(Table, StringComparison.Ordinal), () => owner.Errors);
        VirtualNode one = network.Keep(await VirtualNode.StartAsync(network.One, "one", $"priority: 150, advertise: {Patient}"));
        await one.SaysAsync("is master");
        await using var load = new NewConnections(network.Client, "10.88.0.100:80");
        await load.AnsweredAsync("one", 0);
        one.Count("virtual router eth/51 goes without a lease in milliseconds").ShouldBe(1, one.Program.Errors);
    }

    [Fact]
    public async Task Upgrade_OfTheMaster_GoesOnWithTheLease()
    {
        await using SharedNetwork network = SharedNetwork.Create();
        using var config = new ConfigFile(RoutedNode.Text("one", [RoutedNode.Router(51, $"priority: 150, advertise: {Patient}")]));
        UpgradableAtlas one = network.Keep(await UpgradableAtlas.StartAsync(config, network.One));
        await Wait.ForAsync(() => RoutedNode.Has(network.One, 51), () => one.Program.Errors);
        await using var load = new NewConnections(network.Client, "10.88.0.51:80");
        await load.AnsweredAsync("one", 0);

        await one.UpgradeAsync();

        await Wait.ForAsync(() => one.Program.Count(" ended") == 1, () => one.Program.Errors);
        await load.AnsweredAsync("one", Stopwatch.GetTimestamp());
        await load.StopAsync();
        load.Failures.ShouldBeEmpty(one.Program.Errors);
        Live(network.One, "10.88.0.51").ShouldContain("10.88.0.51");
    }

    // One that is stopped between a renewal and the advertisement that follows has a lease for up to an interval beside the new master.
    private static Task HasEndedAsync(NetworkNamespace node, string address) => Wait.ForAsync(
        () => !Live(node, address).Contains(address, StringComparison.Ordinal), () => Live(node, address));

    private static string Ruleset(NetworkNamespace node) => node.Run("nft", "list", "ruleset").Trim();

    /// <summary>The addresses that a node answers for by its lease; those that ran out are not listed.</summary>
    private static string Live(NetworkNamespace node, string address) =>
        node.Run("nft", "list", "set", address.Contains(':', StringComparison.Ordinal) ? "ip6" : "ip", Table, "live");
}
