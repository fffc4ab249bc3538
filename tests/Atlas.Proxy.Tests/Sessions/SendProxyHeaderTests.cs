using System.Net;
using Atlas.Core.Configuration;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Protocols.Http1;
using Atlas.Protocols.ProxyProtocol;
using Atlas.Proxy.Snapshots;
using Atlas.Simulation;

namespace Atlas.Proxy.Tests.Sessions;

/// <summary>Servers that get a PROXY protocol header. The client of the first connection is 203.0.113.7:50000, which connects
/// to 127.0.0.1:80.</summary>
public sealed class SendProxyHeaderTests
{
    private const int Seeds = 20;
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    // Of each connection to a server, in order.
    private readonly List<string> _headers = [];

    [Theory]
    [InlineData(ProxyProtocolVersion.V1)]
    [InlineData(ProxyProtocolVersion.V2)]
    public void Connections_OpenWithTheirClient(ProxyProtocolVersion version) => ForSeeds(version, async world =>
    {
        (ByteStream one, WireReader oneReader) = await world.ConnectAsync();
        (ByteStream two, WireReader twoReader) = await world.ConnectAsync();
        for (int i = 0; i < 3; i++)
        {
            await AskAsync(one, oneReader);
            await AskAsync(two, twoReader);
        }

        _headers.ShouldBe(["203.0.113.7:50000 > 127.0.0.1:80", "203.0.113.7:50001 > 127.0.0.1:80"], ignoreOrder: true);
        world.Server.Seen.Count.ShouldBe(6, "each client's connection is used again for the same client");
        one.Close();
        two.Close();
        await world.DelayAsync(1_000);
        world.Server.Listener.Connections.ShouldBe(0, "nobody else may use them");
    });

    [Fact]
    public void Connections_OfQuietClientsUpToTheLimit_MakeRoomForAnActiveOne() => ForSeeds(
        ProxyProtocolVersion.V1,
        async world =>
        {
            (ByteStream one, WireReader oneReader) = await world.ConnectAsync();
            (ByteStream two, WireReader twoReader) = await world.ConnectAsync();
            (ByteStream active, WireReader activeReader) = await world.ConnectAsync();
            await AskAsync(one, oneReader);
            await world.DelayAsync(10);
            await AskAsync(two, twoReader);
            await world.DelayAsync(10);
            for (int i = 0; i < 4; i++)
            {
                await AskAsync(active, activeReader);
            }

            await AskAsync(two, twoReader);
            _headers.Count.ShouldBe(3, "one for each client");
            await AskAsync(one, oneReader);
            _headers.Count.ShouldBe(4, "that of the client that was quiet for the longest time made room");
            await world.DelayAsync(1_000);
            world.Server.Listener.Connections.ShouldBe(2);
        },
        idlePerServer: 2);

    [Fact]
    public void Header_AndRequest_ComeInOneSegment()
    {
        var world = new ProxyWorld(3, SimulationOptions.Calm, pool: pool => Sending(pool, ProxyProtocolVersion.V1));
        byte[] first = [];
        world.Server.OnConnect = async turn =>
        {
            byte[] buffer = new byte[4096];
            await turn.Stream.ReceiveReadyAsync();
            first = buffer[..turn.Stream.TryReceive(buffer)];
            await turn.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            return true;
        };
        world.Run(async () => await world.AskAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello", 200));

        string text = System.Text.Encoding.Latin1.GetString(first);
        text.ShouldStartWith("PROXY TCP4 203.0.113.7 127.0.0.1 50000 80\r\nPOST / HTTP/1.1\r\n");
        text.ShouldEndWith("\r\n\r\nhello");
    }

    [Theory]
    [InlineData("PROXY TCP4 192.0.2.200 192.0.2.2 4711 443\r\n", "192.0.2.200:4711 > 192.0.2.2:443")]
    [InlineData("PROXY TCP6 2001:db8::1 2001:db8::2 4711 443\r\n", "[2001:db8::1]:4711 > [2001:db8::2]:443")]
    [InlineData("PROXY UNKNOWN\r\n", "203.0.113.7:50000 > 127.0.0.1:80")]
    public void Client_ThatAHeaderTellsOf_IsPassedOn(string header, string expected) => ForSeeds(
        ProxyProtocolVersion.V2,
        async world =>
        {
            await world.AskAsync(header + Get, 200);
            _headers.ShouldHaveSingleItem().ShouldBe(expected);
        },
        listener => listener with { AcceptProxyProtocol = [IpNetwork.Create(IPAddress.Parse("203.0.113.0"), 24)] });

    [Fact]
    public void Connection_AfterOneThatTheServerClosed_OpensWithAHeaderToo() => ForSeeds(ProxyProtocolVersion.V1, async world =>
    {
        world.Server.Script = async turn =>
        {
            await turn.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            turn.Stream.Close();
        };
        (ByteStream client, WireReader reader) = await world.ConnectAsync();
        for (int i = 0; i < 4; i++)
        {
            await AskAsync(client, reader);
        }

        _headers.Distinct().ShouldHaveSingleItem().ShouldBe("203.0.113.7:50000 > 127.0.0.1:80");
        _headers.Count.ShouldBe(4);
    });

    [Fact]
    public void Pool_ThatStopsToSend_UsesNoConnectionThatOpenedSo() => ForSeeds(ProxyProtocolVersion.V1, async world =>
    {
        (ByteStream client, WireReader reader) = await world.ConnectAsync();
        await AskAsync(client, reader);
        _headers.Count.ShouldBe(1);
        world.Server.OnConnect = null;
        world.Front.Snapshot = new HttpListenerSnapshot("front", Sending(world.Pool, ProxyProtocolVersion.None));
        await AskAsync(client, reader);

        world.Server.Streams.Count.ShouldBe(2);
        world.Server.Seen.Count.ShouldBe(2);
    });

    [Fact]
    public void Mirror_WithHeaders_GetsThemToo() => ForSeeds(
        ProxyProtocolVersion.None,
        async world =>
        {
            (ByteStream client, WireReader reader) = await world.ConnectAsync();
            await AskAsync(client, reader);
            await world.DelayAsync(5_000);
            await AskAsync(client, reader);
            await world.DelayAsync(5_000);

            _headers.ShouldHaveSingleItem().ShouldBe("203.0.113.7:50000 > 127.0.0.1:80");
            world.Servers[1].Seen.Count.ShouldBe(2);
            client.Close();
            await world.DelayAsync(1_000);
            world.Servers[1].Listener.Connections.ShouldBe(0);
        },
        Routes.Of(pools =>
        [
            new RouteSnapshot("r")
            {
                Pool = pools[0],
                Mirror = new MirrorSnapshot(Sending(pools[1], ProxyProtocolVersion.V2), 1),
            },
        ]),
        mirrored: true);

    private static PoolSnapshot Sending(PoolSnapshot pool, ProxyProtocolVersion version, int idlePerServer = 256) =>
        new(pool.Name, pool.Servers) { SendProxyProtocol = version, IdlePerServer = idlePerServer };

    private static async Flow AskAsync(ByteStream client, WireReader reader)
    {
        await client.SendAllAsync(ProxyWorld.Bytes(Get));
        (await reader.ResponseAsync("GET")).ShouldNotBeNull().Status.ShouldBe(200);
    }

    private void ForSeeds(
        ProxyProtocolVersion version,
        Func<ProxyWorld, Flow> scenario,
        Func<HttpListenerSnapshot, HttpListenerSnapshot>? listener = null,
        bool mirrored = false,
        int idlePerServer = 256) => ProxyWorld.ForSeeds(
        Seeds,
        seed =>
        {
            _headers.Clear();
            var world = new ProxyWorld(
                seed, servers: mirrored ? 2 : 1, pool: pool => Sending(pool, version, idlePerServer), listener: listener);
            world.Servers[^1].OnConnect = TakeHeaderAsync;
            return world;
        },
        scenario);

    private async ResultFlow<bool> TakeHeaderAsync(ServerTurn turn)
    {
        byte[] bytes = [];
        ProxyHeader header;
        ProxyHeaderError error;
        while (ProxyHeaderReader.Read(bytes, out header, out error) == ParseStatus.NeedMore)
        {
            byte[] one = await turn.Reader.BytesAsync(1);
            one.Length.ShouldBe(1);
            bytes = [.. bytes, .. one];
        }

        error.ShouldBe(ProxyHeaderError.None);
        header.Length.ShouldBe(bytes.Length);
        _headers.Add($"{Text(header.Source)} > {Text(header.Destination)}");
        return false;
    }

    private static string Text(ProxyEndpoint endpoint) => new IPEndPoint(new IPAddress(endpoint.Ip), endpoint.Port).ToString();
}
