using System.Net;
using System.Net.Sockets;

namespace Atlas.Bench.Networks;

/// <summary>
/// Two nodes and a client, each in a namespace of its own, at a switch:
/// <code>
///   one 10.79.0.11  --+
///   two 10.79.0.12  --+-- switch --- client 10.79.0.2
/// </code>
/// </summary>
internal sealed class SharedSegment : IDisposable
{
    private const string LinkPrefix = "02:00:4f:00:00:";

    private readonly BenchNamespace _switch = new("switch");

    /// <summary>Makes the network. Needs root.</summary>
    /// <exception cref="BenchException">It cannot be made.</exception>
    internal SharedSegment()
    {
        _switch.Configure("link", "add", "switch", "type", "bridge", "mcast_snooping", "0");
        _switch.Configure("link", "set", "switch", "up");
        Connect(One, "one", 11);
        Connect(Two, "two", 12);
        Connect(Client, "client", 2);
    }

    /// <summary>The address that moves between the nodes.</summary>
    internal static IPAddress Virtual { get; } = IPAddress.Parse("10.79.0.100");

    /// <summary>From where the first node advertises.</summary>
    internal static IPAddress OfOne { get; } = IPAddress.Parse("10.79.0.11");

    /// <summary>The link address of the first node, as the client notes it.</summary>
    internal static string LinkOfOne { get; } = LinkPrefix + "11";

    internal BenchNamespace One { get; } = new("one");

    internal BenchNamespace Two { get; } = new("two");

    internal BenchNamespace Client { get; } = new("client");

    /// <summary>Whether a node has the address: whether sockets there can be bound to it.</summary>
    internal static bool Has(BenchNamespace node) => node.Within(() =>
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.Bind(new IPEndPoint(Virtual, 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    });

    /// <summary>The link address that the client has for the address; empty: none.</summary>
    internal string Neighbor() => Client.Within(() => File.ReadLines("/proc/thread-self/net/arp")
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .FirstOrDefault(fields => fields[0] == Virtual.ToString())?[3] ?? "");

    /// <summary>Takes the first node's cable out of the switch.</summary>
    internal void UnplugOne() => _switch.Configure("link", "set", "one", "down");

    /// <summary>Keeps the nodes from hearing each other, while the client hears both.</summary>
    internal void Split(bool isSplit)
    {
        foreach (string port in (string[])["one", "two"])
        {
            _switch.Configure("link", "set", port, "type", "bridge_slave", "isolated", isSplit ? "on" : "off");
        }
    }

    public void Dispose()
    {
        foreach (BenchNamespace space in new[] { Client, One, Two, _switch })
        {
            space.Dispose();
        }
    }

    private void Connect(BenchNamespace node, string port, int last)
    {
        BenchNamespace.Ip("link", "add", "eth", "netns", node.Name, "type", "veth", "peer", "name", port, "netns", _switch.Name);
        _switch.Configure("link", "set", port, "master", "switch", "up");
        node.Configure("link", "set", "eth", "address", $"{LinkPrefix}{last:00}");
        node.Configure("addr", "add", $"10.79.0.{last}/24", "dev", "eth");
        node.Configure("link", "set", "eth", "up");
    }
}
