using System.Net;
using Atlas.Core.Configuration;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Protocols.ProxyProtocol;
using Atlas.Proxy.Connections;
using Atlas.Proxy.Metrics;
using Atlas.Proxy.Snapshots;
using Atlas.Simulation;

namespace Atlas.Proxy.Tests.Sessions;

/// <summary>Connections that open with a PROXY protocol header. The peer of all of them is 203.0.113.7.</summary>
public sealed class ProxyHeaderTests
{
    private const int Seeds = 12;
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private const string V1 = "PROXY TCP4 192.0.2.200 192.0.2.2 4711 80\r\n";
    private const string Signature = "\r\n\r\n\0\r\nQUIT\n";
    private const string V2 = Signature + "\x21\x11\0\x0c\xc0\0\x02\xc8\xc0\0\x02\x02\x12\x67\0\x50";
    private const string V2Ipv6 = Signature
        + "\x21\x21\0\x24\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x02\x12\x67\0\x50";

    private readonly ListenerMetrics _metrics = new ProxyMetrics(1).Listener("front");

    [Theory]
    [InlineData(V1, "192.0.2.200")]
    [InlineData(V2, "192.0.2.200")]
    [InlineData(V2Ipv6, "2001:db8::1")]
    [InlineData("PROXY TCP6 ::ffff:192.0.2.200 ::1 4711 80\r\n", "192.0.2.200")]
    [InlineData("PROXY UNKNOWN\r\n", "203.0.113.7")]
    [InlineData(Signature + "\x20\0\0\0", "203.0.113.7")]
    [InlineData(Signature + "\x20\x11\0\x03xyz", "203.0.113.7")]
    public void Header_CutAtEveryByte_SaysWhoTheClientIs(string header, string client) => Run(async world =>
    {
        byte[] bytes = ProxyWorld.Bytes(header + Get);
        for (int cut = 1; cut <= bytes.Length; cut++)
        {
            (ByteStream stream, WireReader reader) = await world.ConnectAsync();
            await stream.SendAllAsync(bytes[..cut]);
            await world.DelayAsync(100);
            await stream.SendAllAsync(bytes[cut..]);
            (await reader.ResponseAsync("GET")).ShouldNotBeNull().Status.ShouldBe(200);
            stream.Close();
        }

        world.Server.Seen.Count.ShouldBe(bytes.Length);
        world.Server.Seen.ShouldAllBe(request => request.Field("x-forwarded-for") == client && request.Field("x-real-ip") == client);
    });

    [Fact]
    public void Connection_WithAHeader_KeepsItsClientForAllRequests() => ForSeeds(async world =>
    {
        (ByteStream client, WireReader reader) = await world.ConnectAsync();
        await client.SendAllAsync(ProxyWorld.Bytes(V1 + Get + Get));
        (await reader.ResponseAsync("GET")).ShouldNotBeNull().Status.ShouldBe(200);
        (await reader.ResponseAsync("GET")).ShouldNotBeNull().Status.ShouldBe(200);
        await world.DelayAsync(1_000);
        world.Loop.Buffers.Lent.ShouldBe(0, "an idle connection holds no buffer");
        await client.SendAllAsync(ProxyWorld.Bytes(Get));
        (await reader.ResponseAsync("GET")).ShouldNotBeNull().Status.ShouldBe(200);

        world.Server.Seen.Count.ShouldBe(3);
        world.Server.Seen.ShouldAllBe(request => request.Field("x-forwarded-for") == "192.0.2.200");
    });

    [Fact]
    public void Connection_WithARequestLongAfterItsHeader_IsIdleMeanwhile() => Run(async world =>
    {
        (ByteStream client, WireReader reader) = await world.ConnectAsync();
        await client.SendAllAsync(ProxyWorld.Bytes(V2));
        await world.DelayAsync(60_000);
        world.Loop.Buffers.Lent.ShouldBe(0);
        await client.SendAllAsync(ProxyWorld.Bytes(Get));

        (await reader.ResponseAsync("GET")).ShouldNotBeNull().Status.ShouldBe(200);
        world.Server.Seen.ShouldHaveSingleItem().Field("x-forwarded-for").ShouldBe("192.0.2.200");
    });

    [Theory]
    [InlineData(10_000, 10_000)]
    [InlineData(500, 3_000)]
    public void Header_NotWholeInTime_ClosesInSilence(int headersMs, int expectedMs)
    {
        foreach (string begin in (string[])["", "P", V1[..^1], V2[..^1]])
        {
            Run(
                async world =>
                {
                    (ByteStream client, WireReader reader) = await world.ConnectAsync();
                    long beganMs = world.NowMs;
                    client.TrySend(ProxyWorld.Bytes(begin)).ShouldBe(begin.Length);
                    await EndsInSilenceAsync(reader);
                    (world.NowMs - beganMs).ShouldBe(expectedMs);
                },
                listener => listener with { HeadersMs = headersMs });
        }

        _metrics.Intakes(ProxyIntakeStatus.TimedOut, ProxyHeaderError.None).ShouldBe(4);
        _metrics.Requests.ShouldBe(0);
    }

    [Theory]
    [InlineData(Get, ProxyHeaderError.NotProxyHeader)]
    [InlineData("\x16\x03\x01\x02\0\x01", ProxyHeaderError.NotProxyHeader)]
    [InlineData("PROXY TCP4 192.0.2.999 192.0.2.2 4711 80\r\n" + Get, ProxyHeaderError.InvalidAddress)]
    [InlineData("PROXY TCP4 192.0.2.200 192.0.2.2 4711 65536\r\n" + Get, ProxyHeaderError.InvalidPort)]
    [InlineData(Signature + "\x22\x11\0\x0c", ProxyHeaderError.UnknownCommand)]
    [InlineData(Signature + "\x21\x11\0\x13\xc0\0\x02\xc8\xc0\0\x02\x02\x12\x67\0\x50\x03\0\x04\0\0\0\0" + Get, ProxyHeaderError.WrongChecksum)]
    public void Header_ThatIsNone_ClosesInSilenceAndIsCounted(string text, ProxyHeaderError error)
    {
        ForSeeds(async world =>
        {
            (ByteStream client, WireReader reader) = await world.ConnectAsync();
            await client.SendAllAsync(ProxyWorld.Bytes(text));
            (await reader.ToEndAsync()).ShouldBeEmpty();
            world.Server.Streams.ShouldBeEmpty();
        });

        _metrics.Intakes(ProxyIntakeStatus.Refused, error).ShouldBe(Seeds);
        _metrics.Accepted.ShouldBe(Seeds);
        _metrics.Open.ShouldBe(0);
        _metrics.Requests.ShouldBe(0);
    }

    [Fact]
    public void Peer_ThatIsNotListed_IsServedAsPlain() => ForSeeds(
        async world =>
        {
            await world.AskAsync(Get, 200);
            world.Server.Seen.ShouldHaveSingleItem().Field("x-forwarded-for").ShouldBe("203.0.113.7");
            await world.AskAsync(V1 + Get, 400);
        },
        listener => listener with { AcceptProxyProtocol = [Network("10.0.0.0", 8)] });

    // The address that the header tells is what is trusted or not, not that of the peer who sent it.
    [Theory]
    [InlineData("192.0.2.200", "198.51.100.9, 192.0.2.200")]
    [InlineData("203.0.113.7", "192.0.2.200")]
    public void ForwardingFields_AreBelievedByTheHeadersAddress(string trusted, string chain) => ForSeeds(
        async world =>
        {
            await world.AskAsync(V1 + "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 198.51.100.9\r\n\r\n", 200);
            world.Server.Seen.ShouldHaveSingleItem().Field("x-forwarded-for").ShouldBe(chain);
        },
        listener => listener with { TrustedProxies = [Network(trusted, 32)] });

    [Fact]
    public void Routes_MatchTheHeadersAddress() => ForSeeds(
        async world =>
        {
            await world.AskAsync(V1 + Get, 200);
            await world.AskAsync("PROXY UNKNOWN\r\n" + Get, 404);
        },
        listener => listener with
        {
            Routes = new ListenerRoutes(
                [new RouteSnapshot("a") { Match = new MatchConfig { Clients = [Network("192.0.2.0", 24)] }, Pool = listener.Routes.Routes[0].Pool }]),
        });

    [Fact]
    public void Client_ThatLeavesWithinTheHeader_IsCountedUnlessItSaidNothing()
    {
        int cut = 0;
        ForSeeds(async world =>
        {
            int length = world.Random.Next(V1.Length);
            cut += length > 0 ? 1 : 0;
            (ByteStream client, _) = await world.ConnectAsync();
            await client.SendAllAsync(ProxyWorld.Bytes(V1[..length]));
            client.Close();
            await world.DelayAsync(1_000);
            world.Sessions.ShouldBe(0, "nothing waits for a timeout");
            world.Loop.Buffers.Lent.ShouldBe(0);
        });

        _metrics.Intakes(ProxyIntakeStatus.Cut, ProxyHeaderError.None).ShouldBe(cut);
    }

    [Fact]
    public void Drain_BeforeTheHeader_ClosesAtOnce() => Run(async world =>
    {
        (_, WireReader reader) = await world.ConnectAsync();
        await world.DelayAsync(1_000);
        world.Proxy.Drain(world.Front);
        long beganMs = world.NowMs;
        await EndsInSilenceAsync(reader);
        (world.NowMs - beganMs).ShouldBeLessThan(100);
    });

    [Fact]
    public void Drain_WithinTheHeader_AnswersTheRequestAndCloses() => Run(async world =>
    {
        (ByteStream client, WireReader reader) = await world.ConnectAsync();
        await client.SendAllAsync(ProxyWorld.Bytes(V1[..9]));
        await world.DelayAsync(1_000);
        world.Proxy.Drain(world.Front);
        await world.DelayAsync(1_000);
        await client.SendAllAsync(ProxyWorld.Bytes(V1[9..] + Get));
        WireMessage response = (await reader.ResponseAsync("GET")).ShouldNotBeNull();
        response.Status.ShouldBe(200);
        response.Field("connection").ShouldBe("close");
        await EndsInSilenceAsync(reader);
    });

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    public void Abort_BeforeTheHeaderIsWhole_EndsAtOnce(int length) => Run(async world =>
    {
        (ByteStream client, WireReader reader) = await world.ConnectAsync();
        await client.SendAllAsync(ProxyWorld.Bytes(V1[..length]));
        await world.DelayAsync(1_000);
        world.Proxy.Abort(world.Front, tunnels: true);
        (await reader.ToEndAsync()).ShouldBeEmpty();
        world.Sessions.ShouldBe(0);
    });

    private static IpNetwork Network(string address, int length) => IpNetwork.Create(IPAddress.Parse(address), length);

    private static async Flow EndsInSilenceAsync(WireReader reader)
    {
        (await reader.ToEndAsync()).ShouldBeEmpty();
        reader.Last.ShouldBe(0);
    }

    private void Run(Func<ProxyWorld, Flow> scenario, Func<HttpListenerSnapshot, HttpListenerSnapshot>? change = null)
    {
        var world = new ProxyWorld(3, SimulationOptions.Calm, listener: Listening(change));
        world.Run(() => scenario(world));
    }

    private void ForSeeds(Func<ProxyWorld, Flow> scenario, Func<HttpListenerSnapshot, HttpListenerSnapshot>? change = null) =>
        ProxyWorld.ForSeeds(Seeds, seed => new ProxyWorld(seed, listener: Listening(change)), scenario);

    private Func<HttpListenerSnapshot, HttpListenerSnapshot> Listening(Func<HttpListenerSnapshot, HttpListenerSnapshot>? change) => listener =>
    {
        HttpListenerSnapshot proxied = listener with { Metrics = _metrics, AcceptProxyProtocol = [Network("203.0.113.0", 24)] };
        return change is null ? proxied : change(proxied);
    };
}
