using System.Net;
using System.Net.Sockets;
using Atlas.Core.Health;
using Atlas.Proxy.Udp;

namespace Atlas.Proxy.Tests.Udp;

/// <summary>What a session is, what passes in it and how it ends, on real sockets.</summary>
public sealed class UdpSessionTests
{
    [Fact]
    public void Session_OfOneClient_IsOneSocketToOneServer()
    {
        using var world = new UdpWorld(servers: 2);
        UdpClient first = world.NewClient();
        UdpClient second = world.NewClient();
        IPEndPoint socket = world.Exchange(first, 0);
        world.Exchange(second, 1).ShouldNotBe(socket);
        world.Exchange(first, 0).ShouldBe(socket);
        world.Metrics.Created.ShouldBe(2);
        world.Metrics.Open.ShouldBe(2);
        world.Metrics.Received.ShouldBe(3);
        UdpWorld.Eventually(() => world.Metrics.Sent == 3);
        world.States.Select(state => state.Balancing.Active).ShouldBe([1, 1]);
        world.All.Server("pool", "s0").Attempts.ShouldBe(1);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_507)]
    public void Datagram_OfAnyLength_PassesWhole(int length)
    {
        using var world = new UdpWorld();
        UdpClient client = world.NewClient();
        byte[] payload = [.. Enumerable.Range(0, length).Select(i => (byte)(i * 3))];
        client.Send(payload);
        IPEndPoint? from = null;
        world.Servers[0].Receive(ref from).ShouldBe(payload);
        world.Servers[0].Send(payload, from);
        client.Receive(ref from).ShouldBe(payload);
    }

    [Fact]
    public void Answers_WithoutAQuestion_ReachTheClientInOrder()
    {
        using var world = new UdpWorld();
        UdpClient client = world.NewClient();
        client.Send("hello"u8);
        string[] answers = [.. Enumerable.Range(0, 200).Select(i => $"answer {i}")];
        world.Answer(0, "hello", answers);
        foreach (string answer in answers)
        {
            UdpWorld.Expect(client, answer);
        }
    }

    [Theory]
    [InlineData("0.0.0.0", "127.0.0.1", "127.0.0.1")]
    [InlineData("0.0.0.0", "127.4.5.6", "127.0.0.9")]
    [InlineData("::", "::1", "::1")]
    public void Answer_OfAWildcard_LeavesFromTheAddressAsked(string bind, string asked, string from)
    {
        using var world = new UdpWorld(bind: bind);
        world.Exchange(world.NewClient(asked, from), 0);
    }

    [Fact]
    public void Session_OfTheSameClientAtAnotherAddress_IsAnother()
    {
        using var world = new UdpWorld(bind: "0.0.0.0");
        using UdpClient client = world.NewSocket();
        var port = world.Bound.Address.Port;
        client.Send("a"u8, new IPEndPoint(IPAddress.Parse("127.0.0.1"), port));
        client.Send("b"u8, new IPEndPoint(IPAddress.Parse("127.0.0.2"), port));
        world.Answer(0, "a", "A").ShouldNotBe(world.Answer(0, "b", "B"));
        UdpWorld.Expect(client, "A").Address.ShouldBe(IPAddress.Parse("127.0.0.1"));
        UdpWorld.Expect(client, "B").Address.ShouldBe(IPAddress.Parse("127.0.0.2"));
        world.Metrics.Created.ShouldBe(2);
    }

    [Fact]
    public void Session_WithoutDatagrams_EndsAfterTheIdleTime()
    {
        using var world = new UdpWorld();
        world.Configure(snapshot => snapshot with { IdleMs = 30 });
        world.Exchange(world.NewClient(), 0);
        UdpWorld.Eventually(() => world.Metrics.Ended(UdpEnd.Idle) == 1);
        world.States[0].Balancing.Active.ShouldBe(0);
        world.Listener.Sessions.ShouldBe(0);
        world.Metrics.Unanswered.ShouldBe(0);
    }

    [Fact]
    public void Session_WithoutAnAnswer_IsCounted()
    {
        using var world = new UdpWorld();
        world.Configure(snapshot => snapshot with { IdleMs = 30 });
        world.NewClient().Send("a"u8);
        UdpWorld.Expect(world.Servers[0], "a");
        UdpWorld.Eventually(() => world.Metrics.Ended(UdpEnd.Idle) == 1);
        world.Metrics.Unanswered.ShouldBe(1);
    }

    [Fact]
    public void Session_WithResponses_EndsOnceEachDatagramHasThem()
    {
        using var world = new UdpWorld();
        world.Configure(snapshot => snapshot with { Responses = 2 });
        UdpClient client = world.NewClient();
        client.Send("a"u8);
        client.Send("b"u8);
        world.Answer(0, "a", "1", "2");
        world.Answer(0, "b", "3");
        UdpWorld.Expect(client, "1");
        UdpWorld.Expect(client, "2");
        UdpWorld.Expect(client, "3");
        world.Metrics.Ended(UdpEnd.Answered).ShouldBe(0, "an answer to b is still to come");
        client.Send("c"u8);
        world.Answer(0, "c", "4", "5", "6");
        UdpWorld.Expect(client, "4");
        UdpWorld.Eventually(() => world.Metrics.Ended(UdpEnd.Answered) == 1);
        UdpWorld.Expect(client, "5");
    }

    [Fact]
    public void Session_PastTheLimit_TakesThePlaceOfTheOneSilentForLongest()
    {
        using var world = new UdpWorld();
        world.Configure(snapshot => snapshot with { MaxSessions = 2 });
        UdpClient[] clients = [world.NewClient(), world.NewClient(), world.NewClient()];
        IPEndPoint first = world.Exchange(clients[0], 0);
        IPEndPoint second = world.Exchange(clients[1], 0);
        world.Exchange(clients[0], 0).ShouldBe(first);
        world.Exchange(clients[2], 0);
        world.Metrics.Ended(UdpEnd.Evicted).ShouldBe(1);
        world.Listener.Sessions.ShouldBe(2);
        world.Exchange(clients[0], 0).ShouldBe(first, "the second was silent for longer");
        world.Exchange(clients[1], 0).ShouldNotBe(second);
    }

    [Fact]
    public void Burst_OfMoreClientsThanSessions_LosesNoDatagram()
    {
        // Sessions end whose datagrams of the same batch have not been sent yet.
        using var world = new UdpWorld();
        world.Configure(snapshot => snapshot with { MaxSessions = 1 });
        UdpClient[] clients = [.. Enumerable.Range(0, 20).Select(_ => world.NewClient())];
        for (int round = 0; round < 5; round++)
        {
            foreach (UdpClient client in clients)
            {
                client.Send(UdpWorld.Bytes($"{round}"));
            }
        }

        for (int i = 0; i < 100; i++)
        {
            IPEndPoint? from = null;
            world.Servers[0].Receive(ref from);
        }

        world.Metrics.Created.ShouldBe(100);
        UdpWorld.Eventually(() => world.Metrics.Ended(UdpEnd.Evicted) == 99);
    }

    [Fact]
    public void Address_ThatIsGivenUp_KeepsItsSessionsAndTakesNoOthers()
    {
        using var world = new UdpWorld();
        UdpClient client = world.NewClient();
        UdpClient other = world.NewClient();
        world.Exchange(client, 0);
        world.Bound.Close();
        UdpWorld.Eventually(() =>
        {
            other.Send("x"u8);
            return world.Metrics.Dropped(UdpDrop.Draining) > 0;
        });
        world.Exchange(client, 0);
        world.Abort();
        UdpWorld.Eventually(() => world.Metrics.Ended(UdpEnd.Aborted) == 1);

        // The socket is closed with its last session.
        UdpWorld.Eventually(() => IsRefused(other));
    }

    [Fact]
    public void Address_ThatIsGivenUp_ClosesWhenADatagramFindsItsLastSessionsServerGone()
    {
        using var world = new UdpWorld();
        UdpClient client = world.NewClient();
        world.Exchange(client, 0);
        world.Bound.Close();
        world.Set(0, server => server.Admin = AdminState.Maintenance);
        client.Send("x"u8);
        UdpWorld.Eventually(() => world.Metrics.Ended(UdpEnd.ServerGone) == 1);
        UdpWorld.Eventually(() => world.Metrics.Dropped(UdpDrop.Draining) == 1);
        UdpWorld.Eventually(() => IsRefused(client));
    }

    [Fact]
    public void Datagrams_OfSeveralWorkers_ReachTheirClients()
    {
        using var world = new UdpWorld(workers: 2, servers: 2);
        UdpClient[] clients = [.. Enumerable.Range(0, 16).Select(_ => world.NewClient())];
        foreach (UdpClient client in clients)
        {
            client.Send("x"u8);
        }

        for (int i = 0; i < clients.Length; i++)
        {
            world.Answer(i % 2, "x", $"{i}");
        }

        foreach (UdpClient client in clients)
        {
            IPEndPoint? from = null;
            client.Receive(ref from);
        }

        world.Metrics.Created.ShouldBe(16);
    }

    private static bool IsRefused(UdpClient client)
    {
        try
        {
            client.Send("x"u8);
            client.Client.Poll(1_000, SelectMode.SelectRead);
            return client.Client.Available == 0 && (int)client.Client.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)! != 0;
        }
        catch (SocketException)
        {
            return true;
        }
    }
}
