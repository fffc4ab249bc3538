using System.Globalization;
using Atlas.Cli.Tests.Kernel;
using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.HighAvailability;

/// <summary>What others do with the interface that has the virtual addresses.</summary>
public sealed class InterfaceTests
{
    private const string First = "10.77.0.100";
    private const string Others = "10.77.0.5";

    [Theory]
    [InlineData("TERM")]
    [InlineData("KILL")]
    public async Task Address_ThatIsTheFirstOfItsNetwork_LeavesThoseOfOthersWhenItGoes(string signal)
    {
        await using SharedNetwork network = SharedNetwork.Create();
        network.One.Set("net.ipv4.conf.all.promote_secondaries", "0");
        network.One.Set("net.ipv4.conf.eth.promote_secondaries", "0");
        VirtualNode one = network.Keep(await VirtualNode.StartAsync(network.One, "one", "priority: 150, advertise: 100ms", First + "/24"));
        await one.SaysAsync("is master");
        network.One.Configure("addr", "add", Others + "/24", "dev", "eth");

        await one.Program.SignalAsync(signal);

        await Wait.ForAsync(() => !SharedNetwork.Has(network.One, First), () => one.Program.Errors);
        SharedNetwork.Has(network.One, Others).ShouldBeTrue();
    }

    [Theory]
    [InlineData("10.88.0.100/24")]
    [InlineData("fd88::100/64")]
    public async Task Address_ThatSomebodyElseHasPutThere_IsAFaultAndStays(string address)
    {
        await using SharedNetwork network = SharedNetwork.Create();
        network.One.Configure("addr", "add", address, "dev", "eth");
        VirtualNode one = network.Keep(await VirtualNode.StartAsync(network.One, "one", "priority: 150, advertise: 100ms", address));

        await one.SaysAsync($"is in fault, takes no part: eth: somebody else has put {address} on it: remove it there");

        network.One.Configure("addr", "del", address, "dev", "eth");
        await one.SaysAsync("is master");
        await one.Program.SignalAsync("TERM");
        await one.Program.EndAsync();

        // Of a node that is a backup, too.
        VirtualNode two = network.Keep(await VirtualNode.StartAsync(network.Two, "two", "priority: 150, advertise: 100ms", address));
        await two.SaysAsync("is master");
        one = network.Keep(await VirtualNode.StartAsync(network.One, "one", "priority: 100, advertise: 100ms", address));
        await one.SaysAsync("is backup");
        network.One.Configure("addr", "add", address, "dev", "eth");
        await one.SaysAsync("is in fault, takes no part");
        await one.Program.SignalAsync("TERM");
        await one.Program.EndAsync();
        SharedNetwork.Has(network.One, address[..address.IndexOf('/', StringComparison.Ordinal)]).ShouldBeTrue();
    }

    [Fact]
    public async Task Reload_WithAnAddressThatSomebodyElseHasPutThere_ChangesNothing()
    {
        const string Both = $"{First}/24, {Others}/24";
        await using SharedNetwork network = SharedNetwork.Create();
        VirtualNode one = network.Keep(await VirtualNode.StartAsync(network.One, "one", "priority: 150, advertise: 100ms", First + "/24"));
        await one.SaysAsync("is master");
        network.One.Configure("addr", "add", Others + "/24", "dev", "eth");

        await one.ReloadAsync(VirtualNode.Text("one", "priority: 150, advertise: 100ms", Both));

        await one.SaysAsync("not reloaded: nothing has changed");
        await one.SaysAsync($"virtual router eth/51: eth: somebody else has put {Others}/24 on it: remove it there");
        network.One.Configure("addr", "del", Others + "/24", "dev", "eth");
        await one.ReloadAsync(VirtualNode.Text("one", "priority: 150, advertise: 100ms", Both));
        await one.SaysAsync($"virtual router eth/51: {Others} added");
        await Wait.ForAsync(() => SharedNetwork.Has(network.One, Others), () => one.Program.Errors);
        await one.ReloadAsync(VirtualNode.Text("one", "priority: 120, advertise: 100ms", Others + "/24"));
        await one.SaysAsync($"virtual router eth/51: {First} removed");
        await one.SaysAsync("virtual router eth/51 has priority 120: the configuration has another one than before (150)");
        await Wait.ForAsync(() => !SharedNetwork.Has(network.One, First), () => one.Program.Errors);
        one.Count("is master").ShouldBe(1, one.Program.Errors);
    }

    [Fact]
    public async Task HardwareAddress_ThatChanges_IsAnnouncedAtOnce()
    {
        const string Changed = "02:00:5e:10:00:77";
        await using SharedNetwork network = SharedNetwork.Create();
        VirtualNode one = network.Keep(await VirtualNode.StartAsync(
            network.One, "one", "priority: 150, advertise: 1s, announce: { repeat: 1, again_after: 0s, refresh: 0s }"));
        await one.SaysAsync("is master");
        await network.ResolveAsync();
        await Wait.ForAsync(() => network.NeighborOf() == SharedNetwork.LinkOf(network.One), () => $"the client knows {network.NeighborOf()}");

        network.One.Configure("link", "set", "eth", "address", Changed);

        await Wait.ForAsync(() => network.NeighborOf() == Changed, () => $"the client knows {network.NeighborOf()}");
        one.Count("is master").ShouldBe(1, one.Program.Errors);
    }

    [Fact]
    public async Task Advertisements_ThatNowAndThenCannotBeSent_AreSaidOnce()
    {
        const int Refused = 6;
        await using SharedNetwork network = SharedNetwork.Create();
        VirtualNode one = network.Keep(await VirtualNode.StartAsync(network.One, "one", "priority: 150, advertise: 50ms"));
        await one.SaysAsync("is master");

        // Every other one.
        network.One.Run("nft", "add table ip t; add chain ip t out { type filter hook output priority 0; }; "
            + "add rule ip t out ip protocol 112 numgen inc mod 2 0 counter drop");

        await one.SaysAsync("cannot send advertisements");
        await Wait.ForAsync(() => Dropped(network.One) >= Refused, () => network.One.Run("nft", "list", "ruleset"));
        one.Count("cannot send advertisements").ShouldBe(1, one.Program.Errors);
    }

    [Fact]
    public async Task Advertisements_ToAnotherOwnAddress_AreCounted()
    {
        await using SharedNetwork network = SharedNetwork.Create();
        network.One.Configure("addr", "add", "10.88.0.13/24", "dev", "eth");
        VirtualNode one = network.Keep(await VirtualNode.StartTextAsync(
            network.One, RoutedNode.Text("one", [RoutedNode.Router(51, "priority: 100, source: 10.88.0.11, unicast_peers: [10.88.0.12]")])));
        network.Keep(await VirtualNode.StartTextAsync(
            network.Two, RoutedNode.Text("two", [RoutedNode.Router(51, "priority: 150, unicast_peers: [10.88.0.13]")])));
        string admin = await one.Program.ErrorAsync("admin: ");
        using HttpClient http = network.One.NewHttpClient();

        string metrics = "";
        await Wait.ForAsync(
            () =>
            {
                metrics = http.GetStringAsync($"{admin}/metrics").GetAwaiter().GetResult();
                return metrics.Split('\n').Any(line => line.StartsWith(
                    "atlas_vrrp_advertisements_total{router=\"eth/51\",event=\"refused_other_destination\"}", StringComparison.Ordinal)
                    && !line.EndsWith(" 0", StringComparison.Ordinal));
            },
            () => metrics);
        one.Count("is in fault").ShouldBe(0, one.Program.Errors);
    }

    private static int Dropped(NetworkNamespace node)
    {
        string[] words = node.Run("nft", "list", "ruleset").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return int.Parse(words[Array.IndexOf(words, "packets") + 1], CultureInfo.InvariantCulture);
    }
}
