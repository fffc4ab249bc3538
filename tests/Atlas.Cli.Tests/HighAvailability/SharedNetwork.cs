using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Atlas.Cli.Tests.Kernel;

namespace Atlas.Cli.Tests.HighAvailability;

/// <summary>
/// Two nodes and a client, each in a namespace of its own, at a switch:
/// <code>
///   one 10.88.0.11, fd88::11  --+
///   two 10.88.0.12, fd88::12  --+-- switch --- client 10.88.0.2, fd88::2
/// </code>
/// All goes with the test.
/// </summary>
public sealed partial class SharedNetwork : IAsyncDisposable
{
    public const string VirtualIp = "10.88.0.100";

    private readonly List<IAsyncDisposable> _running = [];
    private readonly List<NetworkNamespace> _spaces = [];
    private readonly NetworkNamespace _switch;

    private SharedNetwork()
    {
        try
        {
            _switch = NewSpace();
            _switch.Configure("link", "add", "switch", "type", "bridge", "mcast_snooping", "0");
            _switch.Configure("link", "set", "switch", "up");
            One = NewSpace();
            Connect(One, "one", "11");
            Two = NewSpace();
            Connect(Two, "two", "12");
            Client = NewSpace();
            Connect(Client, "client", "2");

            // A neighbour's answer that is older than this is asked for again: hosts ask often enough that wrong ones show.
            Client.Set("net.ipv4.neigh.eth.gc_stale_time", "1");
        }
        catch
        {
            RemoveSpaces();
            throw;
        }
    }

    public NetworkNamespace One { get; }

    public NetworkNamespace Two { get; }

    public NetworkNamespace Client { get; }

    /// <summary>Makes the network; skips the test where that is not possible.</summary>
    public static SharedNetwork Create()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "namespaces of the network need root: run the tests as root");
        return new SharedNetwork();
    }

    /// <summary>Ends a program with the test.</summary>
    public T Keep<T>(T running)
        where T : IAsyncDisposable
    {
        _running.Add(running);
        return running;
    }

    /// <summary>Takes the cable out of the switch.</summary>
    /// <param name="port">Whose: <c>one</c>, <c>two</c>, <c>client</c>.</param>
    public void Unplug(string port) => _switch.Configure("link", "set", port, "down");

    /// <summary>Puts it back.</summary>
    public void Plug(string port) => _switch.Configure("link", "set", port, "up");

    /// <summary>Keeps the nodes from hearing each other, while the client hears both.</summary>
    public void Split(bool isSplit)
    {
        foreach (string port in (string[])["one", "two"])
        {
            NetworkNamespace.Ip("netns", "exec", _switch.Name, "bridge", "link", "set", "dev", port, "isolated", isSplit ? "on" : "off");
        }
    }

    /// <summary>Whether a node's interface has an address.</summary>
    public static bool Has(NetworkNamespace node, string address = VirtualIp) =>
        node.Run("ip", "-o", "addr", "show", "dev", "eth").Contains($" {address}/", StringComparison.Ordinal);

    /// <summary>Whether a node listens at a port of UDP, over IPv4.</summary>
    public static bool BindsUdp(NetworkNamespace node, int port) => node.Run("cat", "/proc/net/udp")
        .Contains(string.Create(CultureInfo.InvariantCulture, $":{port:X4} 00000000:0000"), StringComparison.Ordinal);

    /// <summary>The link address that the client has for an address; empty: none.</summary>
    public string NeighborOf(string address = VirtualIp) =>
        Link().Match(Client.Run("ip", "neigh", "show", address, "dev", "eth")) is { Success: true } match ? match.Groups[1].Value : "";

    /// <summary>Has the client look for the link address of an address.</summary>
    public async Task ResolveAsync(string address = VirtualIp)
    {
        using Socket socket = Client.NewSocket(IPAddress.Parse(address), ProtocolType.Udp);
        await socket.SendToAsync(new byte[1], new IPEndPoint(IPAddress.Parse(address), 9));
    }

    /// <summary>A node's own link address.</summary>
    public static string LinkOf(NetworkNamespace node) => node.Run("cat", "/sys/class/net/eth/address").Trim();

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable running in Enumerable.Reverse(_running))
        {
            await running.DisposeAsync();
        }

        RemoveSpaces();
    }

    private NetworkNamespace NewSpace()
    {
        var space = new NetworkNamespace();
        _spaces.Add(space);
        return space;
    }

    private void RemoveSpaces()
    {
        foreach (NetworkNamespace space in Enumerable.Reverse(_spaces))
        {
            space.Dispose();
        }
    }

    private void Connect(NetworkNamespace node, string port, string last)
    {
        NetworkNamespace.Ip("link", "add", "eth", "netns", node.Name, "type", "veth", "peer", "name", port, "netns", _switch.Name);
        _switch.Configure("link", "set", port, "master", "switch", "up");
        node.Configure("addr", "add", $"10.88.0.{last}/24", "dev", "eth");
        node.Configure("addr", "add", $"fd88::{last}/64", "dev", "eth", "nodad");
        node.Configure("link", "set", "eth", "addrgenmode", "eui64");
        node.Set("net.ipv6.conf.eth.accept_dad", "0");
        node.Configure("link", "set", "eth", "up");
    }

    [GeneratedRegex("lladdr ([0-9a-f:]+)")]
    private static partial Regex Link();
}
