using System.Net;
using Atlas.Proxy.Http;
using Atlas.Proxy.Snapshots;
using Atlas.Proxy.Tcp;
using Atlas.Proxy.Tests.Allocation;
using Atlas.Proxy.Tests.Sessions;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Proxy.Tests.Tcp;

/// <summary>Connections that are passed on and closed while the last bytes of TLS are kept for their clients.</summary>
public sealed class TcpLingeringTests
{
    private readonly ReplayLoop _loop = new();
    private readonly TcpProxy _proxy = new();
    private readonly TcpListener _front = new(new TcpListenerSnapshot("l") { Pool = new PoolSnapshot("p", []) });
    private bool _hasEnded;

    [Fact]
    public void Drain_AfterTheClose_LimitsIt()
    {
        KeepingStream client = Connect();
        client.IsLingering.ShouldBeTrue();
        client.IdleMs.ShouldBeNull();

        _proxy.Drain(_front);

        client.IdleMs.ShouldBe(LingeringClose.IdleMs);
        _hasEnded.ShouldBeFalse();
        client.Go();
        _hasEnded.ShouldBeTrue();
    }

    [Fact]
    public void Drain_BeforeTheClose_LimitsIt()
    {
        _proxy.Drain(_front);

        Connect().IdleMs.ShouldBe(LingeringClose.IdleMs);
    }

    [Fact]
    public void Drain_OfAnotherListener_LeavesIt()
    {
        KeepingStream client = Connect();

        _proxy.Drain(new TcpListener(_front.Snapshot));

        client.IdleMs.ShouldBeNull();
    }

    [Fact]
    public void Abort_EndsIt()
    {
        KeepingStream client = Connect();

        _proxy.Abort(_front);

        client.IdleMs.ShouldBe(0);
    }

    // There is no server, so that it is closed at once.
    private KeepingStream Connect()
    {
        var client = new KeepingStream(_loop);
        _proxy.Handler(_front).OnAccepted(_loop, client, SocketAddress.OfIp(IPAddress.Loopback, 80), () => _hasEnded = true);
        return client;
    }
}
