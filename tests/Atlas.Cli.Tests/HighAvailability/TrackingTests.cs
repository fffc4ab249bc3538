using System.Net;
using Atlas.Cli.Tests.Kernel;

namespace Atlas.Cli.Tests.HighAvailability;

/// <summary>A node that is worse off gives its address to one that is well.</summary>
public sealed class TrackingTests
{
    private const string Pool =
        """
        pools:
          web:
            servers: [127.0.0.1:8000]
            health_check: { type: tcp, interval: 300ms, timeout: 250ms, rise: 1, fall: 2 }
        """;

    [Fact]
    public async Task Pool_WithoutAServer_LowersThePriorityUntilOneIsBack()
    {
        var at = new IPEndPoint(IPAddress.Loopback, 8000);
        await using SharedNetwork network = SharedNetwork.Create();
        NamedServer first = network.Keep(new NamedServer(network.One, "A", at));
        network.Keep(new NamedServer(network.Two, "B", at));
        VirtualNode one = await StartAsync(network, network.One, "one", 150);
        await RoutedNode.HasAsync(one, network.One, network.Two, 51);
        VirtualNode two = await StartAsync(network, network.Two, "two", 120);
        await two.SaysAsync("is backup");

        await first.DisposeAsync();

        await one.SaysAsync("virtual router eth/51 has priority 110: pool web has no server that takes requests");
        // Lower, or fell: by which of the two advertisements was heard first.
        await two.SaysAsync("is master, has 10.88.0.51: the master's priority");
        await RoutedNode.HasAsync(two, network.Two, network.One, 51);

        network.Keep(new NamedServer(network.One, "A", at));
        await one.SaysAsync("virtual router eth/51 has priority 150: all that it tracks is well");
        await RoutedNode.HasAsync(one, network.One, network.Two, 51);
        await two.SaysAsync("gave 10.88.0.51 up: a master of higher priority was heard (10.88.0.11, priority 150)");
    }

    private static async Task<VirtualNode> StartAsync(SharedNetwork network, NetworkNamespace node, string name, int priority) =>
        network.Keep(await VirtualNode.StartTextAsync(
            node, RoutedNode.Text(name, [RoutedNode.Router(51, $"priority: {priority}, track: {{ pools: [web], penalty: 40 }}")], Pool)));
}
