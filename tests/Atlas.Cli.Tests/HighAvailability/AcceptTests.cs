using System.Net;
using System.Net.Sockets;
using Atlas.Cli.Tests.Kernel;
using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.HighAvailability;

/// <summary>Nodes that take at their virtual addresses only what they serve.</summary>
public sealed class AcceptTests
{
    private const string Address = "10.88.0.51";
    private const int OfAnother = 8_022;

    [Fact]
    public async Task Accept_False_TakesOnlyWhatListenersServeAndFollowsReloads()
    {
        await using SharedNetwork network = SharedNetwork.Create();
        string text = Text("priority: 150, accept: false");
        using Socket another = network.One.NewSocket(IPAddress.Any, ProtocolType.Tcp);
        another.Bind(new IPEndPoint(IPAddress.Any, OfAnother));
        another.Listen();
        VirtualNode one = network.Keep(await VirtualNode.StartTextAsync(network.One, text));
        await one.SaysAsync("is master");
        using HttpClient client = network.Client.NewHttpClient();

        (await client.GetStringAsync($"http://{Address}/")).ShouldBe("one");
        (await IsTakenAsync(network)).ShouldBeFalse(Ruleset(network.One));

        // Another listener is served at once, and what was open at the one that is gone may end.
        using Socket open = network.Client.NewSocket(IPAddress.Parse(Address), ProtocolType.Tcp);
        await open.ConnectAsync(IPEndPoint.Parse($"{Address}:80"));
        await one.ReloadAsync(text.Replace("0.0.0.0:80", "0.0.0.0:81", StringComparison.Ordinal));
        await Wait.ForAsync(() => Ruleset(network.One).Contains("tcp . 81", StringComparison.Ordinal), () => Ruleset(network.One));
        (await client.GetStringAsync($"http://{Address}:81/")).ShouldBe("one");
        Ruleset(network.One).ShouldContain("tcp . 80 timeout");

        await one.ReloadAsync(Text("priority: 150"));
        await Wait.ForAsync(() => Ruleset(network.One).Length == 0, () => Ruleset(network.One));
        (await IsTakenAsync(network)).ShouldBeTrue();
        await one.ReloadAsync(text);
        await Wait.ForAsync(() => Ruleset(network.One).Length > 0, () => one.Program.Errors);
        (await IsTakenAsync(network)).ShouldBeFalse(Ruleset(network.One));
        one.Count("is master").ShouldBe(1, one.Program.Errors);
        one.Count("gave").ShouldBe(0, one.Program.Errors);

        await one.Program.SignalAsync("TERM");
        (await one.Program.EndAsync()).ShouldBe(0);
        Ruleset(network.One).ShouldBeEmpty();
    }

    [Fact]
    public async Task Accept_FalseWhereTheKernelRefuses_DoesNotStart()
    {
        await using SharedNetwork network = SharedNetwork.Create();

        // A table that belongs to a program which runs is nobody else's to change.
        await using RunningProgram owner = network.One.Start(
            "sh", "-c", "(echo 'add table ip atlas-vrrp/eth/51/trial { flags owner; }'; echo 'list tables'; sleep 600) | nft -i");
        await Wait.ForAsync(() => Ruleset(network.One).Length > 0, () => owner.Errors);
        using var config = new ConfigFile(Text("accept: false"));
        await using RunningProgram program = network.One.Start(Checkout.Program, "run", "-c", config.Path);

        (await program.EndAsync()).ShouldNotBe(0);

        program.Errors.ShouldContain("high_availability.active_passive: 'accept: false' of virtual router eth/51: the kernel's filter (nf_tables) refuses it");
    }

    private static string Text(string keys) => RoutedNode.Text("one", [RoutedNode.Router(51, keys)]);

    /// <summary>Whether the node takes at its virtual address what comes for another program.</summary>
    private static async Task<bool> IsTakenAsync(SharedNetwork network)
    {
        using Socket first = network.Client.NewSocket(IPAddress.Parse(Address), ProtocolType.Tcp);
        Task connecting = first.ConnectAsync(IPEndPoint.Parse($"{Address}:{OfAnother}"));

        // What is sent later is answered later.
        using Socket second = network.Client.NewSocket(IPAddress.Parse(Address), ProtocolType.Tcp);
        await second.ConnectAsync(IPEndPoint.Parse($"10.88.0.11:{OfAnother}"));
        return first.Poll(0, SelectMode.SelectWrite) || connecting.IsCompleted;
    }

    private static string Ruleset(NetworkNamespace node) => node.Run("nft", "list", "ruleset").Trim();
}
