using System.Net;
using System.Net.Sockets;
using Atlas.Engine.Links;

namespace Atlas.Engine.Tests.Links;

public sealed class ConnectionCutterTests
{
    private const int Most = 100;

    [Theory]
    [InlineData("10.9.0.1", "0.0.0.0", "127.0.0.1")]
    [InlineData("10.9.0.1", "::", "127.0.0.1")]
    [InlineData("fd09::1", "::", "::1")]
    public void Cut_ConnectionsOfAnAddress_ResetsThemAndNoOthers(string address, string bind, string client)
    {
        using NetworkSpace space = NewSpace();
        using ConnectionCutter cutter = space.Within(() => ConnectionCutter.TryOpen(out _)).ShouldNotBeNull();
        using Socket listener = space.Within(() => Listen(bind));
        using Socket cut = space.Within(() => Connect(client, address, listener));
        using Socket accepted = listener.Accept();
        using Socket kept = space.Within(() => Connect(client, client, listener));
        using Socket other = listener.Accept();

        cutter.Cut(LinkAddress.Of(IPAddress.Parse(address)), Most, out int count).ShouldBe(0);

        count.ShouldBe(1);
        ErrorOf(cut).ShouldBe(SocketError.ConnectionReset);
        ErrorOf(accepted).ShouldNotBe(SocketError.Success);
        other.Send("x"u8);
        kept.Receive(new byte[1]).ShouldBe(1);
        using Socket again = space.Within(() => Connect(client, address, listener));
        again.Connected.ShouldBeTrue("who listens is left alone");
    }

    // The program has closed it, and the kernel still sends.
    [Fact]
    public void Cut_ConnectionThatIsClosedAndStillSends_ResetsIt()
    {
        using NetworkSpace space = NewSpace();
        using ConnectionCutter cutter = space.Within(() => ConnectionCutter.TryOpen(out _)).ShouldNotBeNull();
        using Socket listener = space.Within(() => Listen("0.0.0.0"));
        using Socket client = space.Within(() => Connect("127.0.0.1", "10.9.0.1", listener));
        using (Socket accepted = listener.Accept())
        {
            accepted.Blocking = false;
            while (TrySend(accepted))
            {
                // Until the client takes no more.
            }
        }

        cutter.Cut(LinkAddress.Of(IPAddress.Parse("10.9.0.1")), Most, out int count).ShouldBe(0);

        count.ShouldBe(1);
        SocketError error = SocketError.Success;
        while (error == SocketError.Success)
        {
            error = ErrorOf(client);
        }

        error.ShouldBe(SocketError.ConnectionReset);
    }

    [Fact]
    public void Cut_MoreThanTheMost_LeavesTheRest()
    {
        using NetworkSpace space = NewSpace();
        using ConnectionCutter cutter = space.Within(() => ConnectionCutter.TryOpen(out _)).ShouldNotBeNull();
        using Socket listener = space.Within(() => Listen("0.0.0.0"));
        Socket[] clients = [.. Enumerable.Range(0, 5).Select(_ => space.Within(() => Connect("127.0.0.1", "10.9.0.1", listener)))];
        Socket[] accepted = [.. clients.Select(_ => listener.Accept())];

        cutter.Cut(LinkAddress.Of(IPAddress.Parse("10.9.0.1")), 3, out int count).ShouldBe(0);
        count.ShouldBe(3);
        cutter.Cut(LinkAddress.Of(IPAddress.Parse("10.9.0.1")), 3, out count).ShouldBe(0);
        count.ShouldBe(2);
        cutter.Cut(LinkAddress.Of(IPAddress.Parse("10.9.0.1")), 3, out count).ShouldBe(0);
        count.ShouldBe(0);
        Array.ForEach([.. clients, .. accepted], socket => socket.Dispose());
    }

    private static NetworkSpace NewSpace()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "namespaces of the network need root: run the tests as root");
        var space = new NetworkSpace();
        space.Ip("link set lo up");
        space.Ip("addr add 10.9.0.1/32 dev lo");
        space.Ip("addr add fd09::1/128 dev lo nodad");
        return space;
    }

    private static Socket Listen(string address)
    {
        var ip = IPAddress.Parse(address);
        var socket = new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        if (ip.AddressFamily == AddressFamily.InterNetworkV6)
        {
            socket.DualMode = true;
        }

        socket.Bind(new IPEndPoint(ip, 0));
        socket.Listen();
        return socket;
    }

    private static Socket Connect(string from, string to, Socket listener)
    {
        var ip = IPAddress.Parse(to);
        var socket = new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 30_000 };
        socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        socket.Connect(ip, ((IPEndPoint)listener.LocalEndPoint!).Port);
        return socket;
    }

    private static SocketError ErrorOf(Socket socket)
    {
        socket.Receive(new byte[65_536], SocketFlags.None, out SocketError error);
        return error;
    }

    private static bool TrySend(Socket socket)
    {
        socket.Send(new byte[65_536], SocketFlags.None, out SocketError error);
        return error == SocketError.Success;
    }
}
