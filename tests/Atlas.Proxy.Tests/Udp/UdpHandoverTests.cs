using System.Net;
using System.Net.Sockets;
using Atlas.Engine.Datagrams;
using Atlas.Proxy.Snapshots;
using Atlas.Proxy.Udp;

namespace Atlas.Proxy.Tests.Udp;

/// <summary>Sessions from one process to the next, here from one group of workers to another, on the same sockets.</summary>
public sealed class UdpHandoverTests
{
    [Theory]
    [InlineData(1, "127.0.0.1", "127.0.0.1", "127.0.0.1")]
    [InlineData(2, "0.0.0.0", "127.4.5.6", "127.0.0.1")]
    [InlineData(2, "::", "::1", "::1")]
    public void Session_HandedOver_IsTheSameForClientAndServer(int workers, string bind, string to, string from)
    {
        const int Clients = 8;
        using var before = new UdpWorld(workers, bind, servers: 2);
        UdpClient[] clients = [.. Enumerable.Range(0, Clients).Select(_ => before.NewClient(to, from))];
        (IPEndPoint Session, int Server)[] began = [.. clients.Select(client => Exchange(before, client))];
        using var after = new UdpWorld(before);

        IReadOnlyList<HandedUdpSession> handed = before.HandOut();
        handed.Count.ShouldBe(Clients);
        before.HandOut().ShouldBeEmpty("the other process knows them");
        after.TakeIn(handed);
        handed.ShouldAllBe(session => session.Socket!.Number < 0, "all are taken");

        // Both have them for a moment.
        for (int i = 0; i < Clients; i++)
        {
            Exchange(before, clients[i]).ShouldBe(began[i]);
        }

        before.LeaveTo(after);
        for (int i = 0; i < Clients; i++)
        {
            before.Servers[began[i].Server].Send("unasked"u8, began[i].Session);
            UdpWorld.Expect(clients[i], "unasked");
            Exchange(after, clients[i]).ShouldBe(began[i]);
        }

        after.Metrics.Open.ShouldBe(Clients);
        after.Metrics.Created.ShouldBe(Clients);
        after.States.Sum(state => state.Balancing.Active).ShouldBe(Clients);
        UdpWorld.Eventually(() => before.Listener.Sessions == 0);
        before.Metrics.Ended(UdpEnd.HandedOver).ShouldBe(Clients);
    }

    [Fact]
    public void Session_HandedOver_EndsWhenItIsIdleInAll()
    {
        const int IdleMs = 400;
        using var before = new UdpWorld();
        before.Exchange(before.NewClient(), 0);
        using var after = new UdpWorld(before);
        after.Configure(snapshot => snapshot with { IdleMs = IdleMs });
        after.TakeIn(before.HandOut());
        before.LeaveTo(after);

        UdpWorld.Eventually(() => after.Metrics.Ended(UdpEnd.Idle) == 1);
    }

    [Fact]
    public void Answers_ThatTheKernelJoins_ComeApartWhoeverReceivesThem()
    {
        const int Sendings = 100;
        const int UdpLevel = 17;
        const int UdpSegment = 103;
        using var before = new UdpWorld();
        UdpClient client = before.NewClient();
        IPEndPoint session = before.Exchange(client, 0);
        using var after = new UdpWorld(before);

        // So many in a row that the one before has them joined.
        for (int i = 0; i < Sendings; i++)
        {
            before.Servers[0].Send("row"u8, session);
        }

        for (int i = 0; i < Sendings; i++)
        {
            UdpWorld.Expect(client, "row");
        }

        after.TakeIn(before.HandOut());

        // Three datagrams in one call (linux/udp.h, UDP_SEGMENT), which stay together on the loopback interface.
        before.Servers[0].Client.SetRawSocketOption(UdpLevel, UdpSegment, BitConverter.GetBytes(4));
        int heard = 0;
        for (int i = 0; i < Sendings; i++)
        {
            before.Servers[0].Send("aaaabbbbcccc"u8, session);
            for (int part = 0; part < 3; part++)
            {
                IPEndPoint? from = null;
                client.Receive(ref from).Length.ShouldBe(4);
                heard++;
            }
        }

        heard.ShouldBe(3 * Sendings);
        before.LeaveTo(after);
    }

    [Fact]
    public void Session_WhoseServerIsGoneOrElsewhere_IsLeft()
    {
        using var before = new UdpWorld(servers: 2);
        UdpClient first = before.NewClient();
        UdpClient second = before.NewClient();
        before.Exchange(first, 0);
        before.Exchange(second, 1);
        using var after = new UdpWorld(before);
        after.Pool = after.PoolOf([after.States[1], new ServerState("s0", UdpWorld.AddressOf(after.NewSocket()))]);
        after.Configure(snapshot => snapshot with { Pool = after.Pool });

        IReadOnlyList<HandedUdpSession> handed = before.HandOut();
        after.TakeIn(handed);

        handed.Select(session => session.Socket!.Number >= 0).ShouldBe([true, false]);
        foreach (HandedUdpSession session in handed)
        {
            session.Dispose();
        }

        before.LeaveTo(after);
        after.Exchange(second, 1);
        UdpWorld.Eventually(() => before.Listener.Sessions == 0);
    }

    [Fact]
    public void Session_PastTheLimit_IsLeft()
    {
        using var before = new UdpWorld();
        UdpClient[] clients = [.. Enumerable.Range(0, 3).Select(_ => before.NewClient())];
        foreach (UdpClient client in clients)
        {
            before.Exchange(client, 0);
        }

        using var after = new UdpWorld(before);
        after.Configure(snapshot => snapshot with { MaxSessions = 2 });
        IReadOnlyList<HandedUdpSession> handed = before.HandOut();
        after.TakeIn(handed);

        handed.Count(session => session.Socket!.Number >= 0).ShouldBe(1);
        foreach (HandedUdpSession session in handed)
        {
            session.Dispose();
        }

        before.LeaveTo(after);
    }

    [Fact]
    public void Session_TakenBack_GoesOnAndIsToldAnew()
    {
        using var before = new UdpWorld();
        UdpClient client = before.NewClient();
        IPEndPoint session = before.Exchange(client, 0);
        using (HandedUdpSession told = before.HandOut().ShouldHaveSingleItem())
        {
            told.Socket!.Number.ShouldBeGreaterThan(0);
        }

        before.TakeBack();

        before.Exchange(client, 0).ShouldBe(session);
        before.HandOut().ShouldHaveSingleItem().Dispose();
    }

    [Fact]
    public void Session_ThatEndsWithItsAnswer_IsNotTold()
    {
        using var before = new UdpWorld();
        before.Configure(snapshot => snapshot with { Responses = 1 });
        before.NewClient().Send("question"u8);
        UdpWorld.Expect(before.Servers[0], "question");

        before.HandOut().ShouldBeEmpty();
    }

    [Fact]
    public void HandOut_OfMany_TellsAsManyAsAskedForEachOnce()
    {
        using var before = new UdpWorld(workers: 2);
        UdpClient[] clients = [.. Enumerable.Range(0, 10).Select(_ => before.NewClient())];
        foreach (UdpClient client in clients)
        {
            before.Exchange(client, 0);
        }

        List<HandedUdpSession> told = [.. before.HandOut(4), .. before.HandOut(4), .. before.HandOut(4), .. before.HandOut(4)];

        told.Count.ShouldBe(10);
        told.Select(session => DatagramAddress.OfBytes(session.Client).Port).Order()
            .ShouldBe(clients.Select(client => ((IPEndPoint)client.Client.LocalEndPoint!).Port).Order());
        told.ForEach(session => session.Dispose());
        before.TakeBack();
    }

    [Theory]
    [InlineData("")]
    [InlineData("AgAANQ==")]
    [InlineData("CgAANQAAAAA=")]
    [InlineData("AQAANQAAAAAAAAAAAAAAAA==")]
    public void Address_OfBytesThatAreNone_IsNone(string bytes) => DatagramAddress.OfBytes(Convert.FromBase64String(bytes)).IsNone.ShouldBeTrue();

    /// <summary>A client asks, whichever server answers.</summary>
    private static (IPEndPoint Session, int Server) Exchange(UdpWorld world, UdpClient client)
    {
        client.Send("question"u8);
        int server = 0;
        UdpWorld.Eventually(() => world.Servers[server ^= 1].Available > 0);
        IPEndPoint session = world.Answer(server, "question", "answer");
        UdpWorld.Expect(client, "answer");
        return (session, server);
    }
}
