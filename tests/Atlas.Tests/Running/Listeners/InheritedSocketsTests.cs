using System.Net;
using Atlas.Core.Configuration;
using Atlas.Engine.Handover;
using Atlas.Running.Listeners;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Tests.Running.Listeners;

public sealed class InheritedSocketsTests : IDisposable
{
    private static readonly BindAddress AnyPort = BindAddress.Loopback(0);

    private readonly InheritedSockets _sockets = new(isHeld: true);

    public void Dispose() => _sockets.CloseRest();

    [Fact]
    public void Take_OfTwoListenersOnAnyPort_GoesByTheName()
    {
        OpenSocket first = Add("listener a stream 127.0.0.1:0");
        OpenSocket second = Add("listener b stream 127.0.0.1:0");

        _sockets.Take("b", AnyPort, isDatagram: false).ShouldBe([second]);
        _sockets.Take("b", AnyPort, isDatagram: true).ShouldBeNull("it is another kind");
        _sockets.Take("renamed", AnyPort, isDatagram: false).ShouldBe([first], "what is written alike is its");
        _sockets.Take("a", AnyPort, isDatagram: false).ShouldBeNull("each is taken once");
        _sockets.Taken.ShouldBe(["listener b stream 127.0.0.1:0", "listener a stream 127.0.0.1:0"]);
    }

    [Fact]
    public void Take_OfSystemd_GoesByWhatIsBound()
    {
        OpenSocket web = Add("systemd web");
        OpenSocket admin = Add("systemd admin");
        OpenSocket other = Add("systemd other");

        _sockets.Take("web", BindAddress.Loopback(web.Address.Port), isDatagram: true).ShouldBeNull("it accepts connections");
        _sockets.Take("web", AnyPort, isDatagram: false).ShouldBeNull("which one is not said");
        _sockets.Take("web", BindAddress.Loopback(web.Address.Port), isDatagram: false).ShouldBe([web]);
        _sockets.TakeAdmin(BindAddress.Loopback(admin.Address.Port)).ShouldBe(admin);
        _sockets.CloseRest().ShouldBe([other.Address.ToString()]);
        other.Descriptor.ShouldBeLessThan(0, "it is closed");
        _sockets.CloseRest().ShouldBeEmpty();
        web.Close();
        admin.Close();
    }

    private OpenSocket Add(string name)
    {
        OpenSocket socket = OpenSocket.Listen(SocketAddress.OfIp(IPAddress.Loopback, 0), backlog: 1);
        _sockets.Add(name, [socket]);
        return socket;
    }
}
