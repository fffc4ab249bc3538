using System.Net;
using System.Net.Sockets;
using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.Kernel;

/// <summary>
/// Clients, a balancer and servers, each in a namespace of its own:
/// <code>
///   clients 10.77.1.2, fd77:1::2   -   10.77.1.1, fd77:1::1 balancer 10.77.2.1, fd77:2::1   -   10.77.2.11…13, fd77:2::11…13 servers
/// </code>
/// Servers know no way to the clients' network. All goes with the test.
/// </summary>
public sealed class KernelNetwork : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _running = [];

    private KernelNetwork()
    {
        Link(Clients, "10.77.1.2/24", "fd77:1::2/64", Balancer, "10.77.1.1/24", "fd77:1::1/64", "front");
        Link(Servers, "10.77.2.11/24", "fd77:2::11/64", Balancer, "10.77.2.1/24", "fd77:2::1/64", "back");
        foreach (string more in (string[])["12", "13"])
        {
            Address(Servers, $"10.77.2.{more}/24", "eth");
            Address(Servers, $"fd77:2::{more}/64", "eth");
        }

        Balancer.Set("net.ipv4.ip_forward", "1");
        Balancer.Set("net.ipv6.conf.all.forwarding", "1");
    }

    public NetworkNamespace Clients { get; } = new();

    public NetworkNamespace Balancer { get; } = new();

    public NetworkNamespace Servers { get; } = new();

    /// <summary>Makes the network; skips the test where that is not possible.</summary>
    public static KernelNetwork Create()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "namespaces of the network need root: run the tests as root");
        foreach (string program in (string[])["ip", "nft", "conntrack"])
        {
            bool isThere = Array.Exists(["/usr/sbin", "/sbin", "/usr/bin", "/bin"], folder => File.Exists(Path.Combine(folder, program)));
            Assert.SkipUnless(isThere, $"there is no {program}: apt-get install iproute2 nftables conntrack");
        }

        return new KernelNetwork();
    }

    /// <summary>Serves TCP and UDP at an address until the test ends, or it is disposed.</summary>
    public NamedServer Serve(string name, string address)
    {
        var server = new NamedServer(Servers, name, IPEndPoint.Parse(address));
        _running.Add(server);
        return server;
    }

    /// <summary>Serves as a, b and c.</summary>
    public NamedServer[] ServeThree() => [Serve("a", "10.77.2.11:80"), Serve("b", "10.77.2.12:80"), Serve("c", "10.77.2.13:80")];

    /// <summary>Starts Atlas on the balancer and waits until it is ready.</summary>
    public async Task<RunningProgram> StartAsync(ConfigFile config)
    {
        RunningProgram atlas = Balancer.Start(Checkout.Program, "run", "-c", config.Path);
        _running.Add(atlas);
        await atlas.ErrorAsync("ready");
        return atlas;
    }

    /// <summary>Opens a flow.</summary>
    public static async Task<Flow> OpenAsync(NetworkNamespace from, string address, ProtocolType protocol = ProtocolType.Tcp)
    {
        var end = IPEndPoint.Parse(address);
        Socket socket = from.NewSocket(end.Address, protocol);
        try
        {
            using var limit = new CancellationTokenSource(RunningProgram.Limit);
            await socket.ConnectAsync(end, limit.Token);
            return new Flow(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The names of the servers that answer this many flows, one after the other.</summary>
    public static async Task<string> AskAsync(NetworkNamespace from, string address, int flows, ProtocolType protocol = ProtocolType.Tcp)
    {
        string all = "";
        for (int i = 0; i < flows; i++)
        {
            using Flow flow = await OpenAsync(from, address, protocol);
            all += await flow.AskAsync();
        }

        return all;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable running in Enumerable.Reverse(_running))
        {
            await running.DisposeAsync();
        }

        Clients.Dispose();
        Servers.Dispose();
        Balancer.Dispose();
    }

    private static void Link(
        NetworkNamespace left, string left4, string left6, NetworkNamespace right, string right4, string right6, string adapter)
    {
        NetworkNamespace.Ip("link", "add", "eth", "netns", left.Name, "type", "veth", "peer", "name", adapter, "netns", right.Name);
        foreach ((NetworkNamespace space, string name, string ipv4, string ipv6) in
            new[] { (left, "eth", left4, left6), (right, adapter, right4, right6) })
        {
            Address(space, ipv4, name);
            Address(space, ipv6, name);
            space.Configure("link", "set", name, "up");
        }
    }

    private static void Address(NetworkNamespace space, string address, string adapter)
    {
        // Without a search for others of the same address, which takes IPv6 a second.
        string[] more = address.Contains(':', StringComparison.Ordinal) ? ["nodad"] : [];
        space.Configure(["addr", "add", address, "dev", adapter, .. more]);
    }
}
