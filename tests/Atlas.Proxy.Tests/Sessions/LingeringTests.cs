using System.Net;
using Atlas.Core.Configuration;
using Atlas.Proxy.Answers;
using Atlas.Proxy.Http;
using Atlas.Proxy.Snapshots;
using Atlas.Proxy.Tests.Allocation;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Proxy.Tests.Sessions;

/// <summary>Connections that are closed while the last bytes of TLS are kept for their clients.</summary>
public sealed class LingeringTests
{
    private readonly ReplayLoop _loop = new();
    private readonly HttpProxy _proxy = new();
    private readonly HttpListener _front = new(new HttpListenerSnapshot("l", new PoolSnapshot("p", []))
    {
        Routes = new ListenerRoutes([new RouteSnapshot("r") { Answer = new FixedAnswer(new RespondConfig { Status = 204 }) }]),
    });

    private bool _hasEnded;

    [Fact]
    public void Drain_AfterTheClose_LimitsIt()
    {
        KeepingStream client = Ask();
        client.IsLingering.ShouldBeTrue();
        client.IdleMs.ShouldBeNull();

        _proxy.Drain(_front);

        client.IdleMs.ShouldBe(LingeringClose.IdleMs);
        _hasEnded.ShouldBeFalse();
    }

    [Fact]
    public void Drain_BeforeTheClose_LimitsIt()
    {
        _front.BeginDrain(0);

        Ask().IdleMs.ShouldBe(LingeringClose.IdleMs);
    }

    [Fact]
    public void Abort_EndsIt()
    {
        KeepingStream client = Ask();

        _proxy.Abort(_front, tunnels: false);

        client.IdleMs.ShouldBe(0);
    }

    // It counts as open until then.
    [Fact]
    public void Gone_IsNotLimitedAnyMore()
    {
        KeepingStream client = Ask();
        _hasEnded.ShouldBeFalse();
        client.Go();
        _hasEnded.ShouldBeTrue();

        _proxy.Drain(_front);

        client.IdleMs.ShouldBeNull();
    }

    private KeepingStream Ask()
    {
        var client = new KeepingStream(_loop);
        _proxy.Handler(_front).OnAccepted(_loop, client, SocketAddress.OfIp(IPAddress.Loopback, 80), () => _hasEnded = true);
        client.Ask();
        return client;
    }
}
