using System.Net;
using System.Net.Sockets;
using Atlas.Engine.Datagrams;
using Atlas.Engine.Workers;
using static Atlas.Engine.Interop.LinuxConstants;
using SystemSocket = System.Net.Sockets.Socket;

namespace Atlas.Engine.Tests.Datagrams;

/// <summary>Bound datagram sockets, with real ones.</summary>
[Collection(nameof(AloneCollection))]
public sealed class BoundDatagramsTests
{
    [Theory]
    [InlineData("127.0.0.1", 0)]
    [InlineData("127.0.0.1", 1)]
    [InlineData("127.0.0.1", 1_472)]
    [InlineData("127.0.0.1", 65_507)]
    [InlineData("::1", 0)]
    [InlineData("::1", 65_507)]
    public void Echo_AnyLength_ComesBackWhole(string ip, int length)
    {
        using var group = new WorkerGroup(1);
        var server = new EchoServer();
        BoundDatagrams bound = group.BindDatagrams(SocketAddress.OfIp(IPAddress.Parse(ip), 0), server);
        using var client = new UdpClient(IPAddress.Parse(ip).AddressFamily);
        client.Connect(new IPAddress(bound.Address.Ip), bound.Address.Port);
        byte[] payload = [.. Enumerable.Range(0, length).Select(i => (byte)(i * 7))];
        client.Send(payload);
        Receive(client).ShouldBe(payload);
        var own = (IPEndPoint)client.Client.LocalEndPoint!;
        (_, DatagramAddress source, DatagramAddress asked, int seen, int segment, bool isCut) = server.Seen.Single();
        source.ToSocketAddress().ShouldBe(SocketAddress.OfIp(own.Address, own.Port));
        asked.IsNone.ShouldBeTrue("only a wildcard has to ask");
        seen.ShouldBe(length);
        segment.ShouldBe(0);
        isCut.ShouldBeFalse();
    }

    [Theory]
    [InlineData("0.0.0.0", "127.0.0.1")]
    [InlineData("0.0.0.0", "127.1.2.3")]
    [InlineData("::", "::1")]
    public void Echo_OfAWildcard_LeavesFromTheAddressAsked(string wildcard, string asked)
    {
        using var group = new WorkerGroup(1);
        var server = new EchoServer();
        BoundDatagrams bound = group.BindDatagrams(SocketAddress.OfIp(IPAddress.Parse(wildcard), 0), server);
        using var client = new UdpClient(IPAddress.Parse(asked).AddressFamily);

        // A connected client hears that address and no other.
        client.Connect(IPAddress.Parse(asked), bound.Address.Port);
        client.Send("hello"u8);
        Receive(client).ShouldBe("hello"u8.ToArray());
        Span<byte> ip = stackalloc byte[DatagramAddress.MaxIpLength];
        int length = server.Seen.Single().Asked.WriteIp(ip);
        new IPAddress(ip[..length]).ShouldBe(IPAddress.Parse(asked));
    }

    [Fact]
    public void Receive_LongerThanItsSlot_SaysThatItIsCut()
    {
        using var group = new WorkerGroup(1);
        var server = new EchoServer(slotLength: 100);
        BoundDatagrams bound = group.BindDatagrams(SocketAddress.OfIp(IPAddress.Loopback, 0), server);
        using var client = new UdpClient();
        client.Connect(IPAddress.Loopback, bound.Address.Port);
        client.Send(new byte[100]);
        client.Send(new byte[101]);
        Eventually.So(() => server.Seen.Count == 2);
        server.Seen.Select(seen => seen.IsCut).ShouldBe([false, true]);
    }

    [Fact]
    public void Receive_OnTwoWorkers_KeepsEachFlowOnOne()
    {
        using var group = new WorkerGroup(2);
        var server = new EchoServer();
        BoundDatagrams bound = group.BindDatagrams(SocketAddress.OfIp(IPAddress.Loopback, 0), server);
        List<UdpClient> clients = [.. Enumerable.Range(0, 64).Select(_ => new UdpClient())];
        for (int round = 0; round < 3; round++)
        {
            foreach (UdpClient client in clients)
            {
                client.Send("x"u8, new IPEndPoint(IPAddress.Loopback, bound.Address.Port));
            }
        }

        Eventually.So(() => server.Seen.Count == 3 * clients.Count);
        clients.ForEach(client => client.Dispose());
        ILookup<DatagramAddress, int> workers = server.Seen.ToLookup(seen => seen.Source, seen => seen.Worker);
        workers.Count.ShouldBe(64);
        workers.ShouldAllBe(flow => flow.Distinct().Count() == 1);
        workers.SelectMany(flow => flow).Distinct().Count().ShouldBe(2, "64 flows on one worker are an accident of 1 in 2^63");
    }

    [Fact]
    public void Bind_OfWhatSomebodyHas_IsRefused()
    {
        using var group = new WorkerGroup(2);
        BoundDatagrams bound = group.BindDatagrams(SocketAddress.OfIp(IPAddress.Loopback, 0), new EchoServer());
        Should.Throw<IOException>(() => group.BindDatagrams(bound.Address, new EchoServer())).Message
            .ShouldBe($"cannot listen on {bound.Address} (UDP): another process, or another listener of this one, has it (address already in use)");
    }

    [Fact]
    public void Bind_Socket_HasItsOptions()
    {
        using var group = new WorkerGroup(1);
        var server = new EchoServer();
        BoundDatagrams bound = group.BindDatagrams(SocketAddress.OfIp(IPAddress.Loopback, 0), server);
        using var client = new UdpClient();
        client.Send("x"u8, new IPEndPoint(IPAddress.Loopback, bound.Address.Port));
        Eventually.So(() => !server.Descriptors.IsEmpty);
        int descriptor = server.Descriptors.First();
        string flags = File.ReadLines($"/proc/self/fdinfo/{descriptor}").Single(line => line.StartsWith("flags:", StringComparison.Ordinal));
        int octal = Convert.ToInt32(flags["flags:".Length..].Trim(), 8);
        (octal & SOCK_CLOEXEC).ShouldNotBe(0);
        (octal & SOCK_NONBLOCK).ShouldNotBe(0);
        using var socket = new SystemSocket(new SafeSocketHandle(descriptor, ownsHandle: false));
        socket.ReceiveBufferSize.ShouldBeGreaterThan(65_536);
    }

    [Fact]
    public void Close_Address_FreesItAndTheGroupsEndTellsHandlers()
    {
        int before = Descriptors.Count();
        var server = new EchoServer();
        using (var group = new WorkerGroup(2))
        {
            BoundDatagrams bound = group.BindDatagrams(SocketAddress.OfIp(IPAddress.Loopback, 0), server);
            bound.Close();
            bound.Close();
            Eventually.So(() =>
            {
                try
                {
                    group.BindDatagrams(bound.Address, server);
                    return true;
                }
                catch (IOException)
                {
                    return false;
                }
            });
        }

        server.Ended.ShouldBe(2, "who closed an address knows it");
        Descriptors.Count().ShouldBe(before);
    }

    private static byte[] Receive(UdpClient client)
    {
        client.Client.ReceiveTimeout = 30_000;
        IPEndPoint? from = null;
        return client.Receive(ref from);
    }
}
