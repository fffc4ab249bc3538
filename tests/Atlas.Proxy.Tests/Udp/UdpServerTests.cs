using System.Net;
using System.Net.Sockets;
using Atlas.Core.Configuration;
using Atlas.Core.Health;
using Atlas.Proxy.Errors;
using Atlas.Proxy.Snapshots;
using Atlas.Proxy.Udp;

namespace Atlas.Proxy.Tests.Udp;

/// <summary>Which server a session has, and what becomes of it when its server changes, on real sockets.</summary>
public sealed class UdpServerTests
{
    [Fact]
    public void Server_ThatRefuses_LosesItsSessionsToAnotherWithTheirDatagram()
    {
        using var world = new UdpWorld(servers: 2);
        world.Servers[0].Close();
        UdpClient client = world.NewClient();
        client.Send("first"u8);
        world.Answer(1, "first", "answer");
        UdpWorld.Expect(client, "answer");
        world.Metrics.Moved.ShouldBe(1);
        world.Exchange(client, 1, "second");
        world.Metrics.Created.ShouldBe(1);
        world.States.Select(state => state.Balancing.Active).ShouldBe([0, 1]);
        world.All.Server("pool", "s0").Errors(ProxyError.ConnectFailed).ShouldBe(1);
    }

    [Fact]
    public void Server_ThatRefusesLater_LosesItsSessions()
    {
        using var world = new UdpWorld(servers: 2);
        UdpClient client = world.NewClient();
        world.Exchange(client, 0);
        world.Servers[0].Close();
        client.Send("lost"u8);
        UdpWorld.Eventually(() => world.Metrics.Moved == 1);
        world.Exchange(client, 1, "next");
    }

    [Fact]
    public void Servers_ThatAllRefuse_EndTheSession()
    {
        using var world = new UdpWorld(servers: 3);
        foreach (UdpClient server in world.Servers)
        {
            server.Close();
        }

        world.NewClient().Send("x"u8);
        UdpWorld.Eventually(() => world.Metrics.Ended(UdpEnd.Refused) == 1);
        world.Metrics.Moved.ShouldBe(2);
        world.States.Sum(state => state.Balancing.Active).ShouldBe(0);
    }

    [Fact]
    public async Task Server_ThatRefusesAgainAndAgain_IsSuspected()
    {
        using var world = new UdpWorld();
        var suspected = new TaskCompletionSource<string>();
        world.Pool = world.PoolOf(world.States, observer: new Suspicion(suspected));
        world.Listener.Snapshot = world.SnapshotOf(world.Pool);
        world.Servers[0].Close();
        for (int i = 0; i < 20 && !suspected.Task.IsCompleted; i++)
        {
            world.NewClient(from: $"127.0.1.{i}").Send("x"u8);
            int ended = i + 1;
            UdpWorld.Eventually(() => world.Metrics.Ended(UdpEnd.Refused) == ended);
        }

        suspected.Task.IsCompletedSuccessfully.ShouldBeTrue();
        (await suspected.Task).ShouldBe("pool/s0");
    }

    [Theory]
    [InlineData(nameof(AdminState.Maintenance))]
    [InlineData("down")]
    [InlineData("ejected")]
    public void Server_ThatTakesNothingAnyMore_LosesItsSessionsAtTheirNextDatagram(string what)
    {
        using var world = new UdpWorld(servers: 2);
        UdpClient client = world.NewClient();
        world.Exchange(client, 0);
        world.Set(0, server =>
        {
            server.IsUp = what != "down";
            server.IsEjected = what == "ejected";
            server.Admin = what == nameof(AdminState.Maintenance) ? AdminState.Maintenance : AdminState.Ready;
        });
        world.Exchange(client, 1);
        world.Metrics.Ended(UdpEnd.ServerGone).ShouldBe(1);
    }

    [Fact]
    public void Server_ThatDrains_KeepsItsSessionsAndGetsNone()
    {
        using var world = new UdpWorld(servers: 2);
        UdpClient client = world.NewClient();
        world.Exchange(client, 0);
        world.Set(0, server => server.Admin = AdminState.Drain);
        world.Exchange(client, 0);
        for (int i = 0; i < 4; i++)
        {
            world.Exchange(world.NewClient(), 1);
        }
    }

    [Fact]
    public void Pool_InPanic_KeepsSessionsAtServersThatAreDown()
    {
        using var world = new UdpWorld(servers: 2);
        UdpClient client = world.NewClient();
        world.Exchange(client, 0);
        world.Set(0, server => server.IsUp = false);
        world.Set(1, server => server.IsUp = false);
        world.Exchange(client, 0);
        world.Metrics.Created.ShouldBe(1);
    }

    [Fact]
    public void Reload_KeepsSessionsOfServersThatStayAndEndsThoseOfOthers()
    {
        using var world = new UdpWorld(servers: 2);
        UdpClient first = world.NewClient();
        UdpClient second = world.NewClient();
        IPEndPoint socket = world.Exchange(first, 0);
        world.Exchange(second, 1);
        world.Pool = world.PoolOf([world.States[0]]);
        world.Listener.Snapshot = world.SnapshotOf(world.Pool);
        world.Exchange(first, 0).ShouldBe(socket);
        world.Exchange(second, 0);
        world.Metrics.Ended(UdpEnd.ServerGone).ShouldBe(1);
    }

    [Fact]
    public void IpHash_OfOneAddress_TakesAllItsPortsToOneServer()
    {
        using var world = new UdpWorld(servers: 3);
        world.Pool = world.PoolOf(world.States, BalanceAlgorithm.IpHash);
        world.Listener.Snapshot = world.SnapshotOf(world.Pool);
        for (int i = 0; i < 8; i++)
        {
            world.NewClient().Send("x"u8);
        }

        UdpWorld.Eventually(() => world.Metrics.Created == 8);
        world.States.Select(state => state.Balancing.Active).OrderDescending().ShouldBe([8, 0, 0]);
    }

    [Fact]
    public void Servers_AtTheirMaxConnections_TakeNoSession()
    {
        using var world = new UdpWorld();
        world.Set(0, server => server.Configure(new ServerConfig { MaxConnections = 1 }));
        world.Exchange(world.NewClient(), 0);
        world.NewClient().Send("x"u8);
        UdpWorld.Eventually(() => world.Metrics.Dropped(UdpDrop.Full) == 1);
        world.Listener.Sessions.ShouldBe(1);
    }

    [Fact]
    public void Pool_WithoutServers_DropsDatagrams()
    {
        using var world = new UdpWorld();
        world.Set(0, server => server.Admin = AdminState.Maintenance);
        world.NewClient().Send("x"u8);
        UdpWorld.Eventually(() => world.Metrics.Dropped(UdpDrop.NoServer) == 1);
        world.Metrics.Created.ShouldBe(0);
    }

    private sealed class Suspicion(TaskCompletionSource<string> told) : IPoolObserver
    {
        public void ServerSuspected(string pool, ServerState server) => told.TrySetResult($"{pool}/{server.Name}");

        public void CircuitChanged(string pool, Atlas.Core.Resilience.CircuitState from, Atlas.Core.Resilience.CircuitState to) =>
            told.TrySetException(new InvalidOperationException("there is no circuit breaker"));
    }
}
