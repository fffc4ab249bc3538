using System.Net;
using System.Net.Sockets;
using Atlas.Bench.Load;
using Atlas.Engine.Workers;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Bench.Networks;

/// <summary>
/// Clients, a balancer and servers in namespaces of their own, each with a thread of its own for clients and servers:
/// <code>
///   clients 10.78.1.2   -   10.78.1.1 balancer 10.78.2.1   -   10.78.2.11, .12, .13 servers
/// </code>
/// The balancer routes, so that clients can ask servers directly.
/// </summary>
internal sealed class BenchNetwork : IDisposable
{
    private readonly BenchNamespace _clients = new("clients");
    private readonly BenchNamespace _servers = new("servers");
    private readonly WorkerGroup _clientThread = new(1);
    private readonly WorkerGroup _serverThread = new(1);

    /// <summary>Makes the network. Needs root.</summary>
    /// <exception cref="BenchException">It cannot be made.</exception>
    internal BenchNetwork(Origin origin)
    {
        Link(_clients, "10.78.1.2/24", "front", "10.78.1.1/24");
        Link(_servers, "10.78.2.11/24", "back", "10.78.2.1/24");
        _servers.Configure("addr", "add", "10.78.2.12/24", "dev", "eth");
        _servers.Configure("addr", "add", "10.78.2.13/24", "dev", "eth");
        _clients.Configure("route", "add", "default", "via", "10.78.1.1");
        _servers.Configure("route", "add", "default", "via", "10.78.2.1");
        Balancer.Within(() =>
        {
            File.WriteAllText("/proc/sys/net/ipv4/ip_forward", "1");
            return 0;
        });

        // Servers close first and would keep each connection in TIME_WAIT. Some seconds later a port comes again, of another
        // contestant's clients, whose clock of timestamps is another one: the server takes such a SYN for an old one, and the client
        // waits a second (RFC 7323 5.5).
        _servers.Within(() =>
        {
            File.WriteAllText("/proc/sys/net/ipv4/tcp_max_tw_buckets", "0");
            return 0;
        });
        Servers = _servers.Within<IReadOnlyList<SocketAddress>>(() =>
        [
            .. new[] { "10.78.2.11", "10.78.2.12", "10.78.2.13" }.Select(ip => _serverThread
                .Listen(SocketAddress.OfIp(IPAddress.Parse(ip), 0), new ListenOptions(origin, 4096, 16 * 1024)).Address),
        ]);
        Clients.TryPost(_clients.Enter);
    }

    /// <summary>Where the balancer takes connections.</summary>
    internal static IPAddress Front { get; } = IPAddress.Parse("10.78.1.1");

    internal BenchNamespace Balancer { get; } = new("balancer");

    /// <summary>Where clients run.</summary>
    internal EventLoop Clients => _clientThread.Workers[0];

    internal IReadOnlyList<SocketAddress> Servers { get; }

    /// <summary>Whether the balancer accepts connections of clients on a port.</summary>
    internal bool Accepts(int port) => _clients.Within(() =>
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(Front, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    });

    public void Dispose()
    {
        _clientThread.Dispose();
        _serverThread.Dispose();
        _clients.Dispose();
        _servers.Dispose();
        Balancer.Dispose();
    }

    private void Link(BenchNamespace end, string address, string adapter, string balancer)
    {
        BenchNamespace.Ip("link", "add", "eth", "netns", end.Name, "type", "veth", "peer", "name", adapter, "netns", Balancer.Name);
        end.Configure("addr", "add", address, "dev", "eth");
        end.Configure("link", "set", "eth", "up");
        Balancer.Configure("addr", "add", balancer, "dev", adapter);
        Balancer.Configure("link", "set", adapter, "up");
    }
}
