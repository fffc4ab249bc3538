using System.Text.Json;
using Atlas.Core.Configuration;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Proxy.Logging;
using Atlas.Proxy.Tests.Logging;
using Atlas.Simulation;

namespace Atlas.Proxy.Tests.Sessions;

/// <summary>Clients of WebSocket connections that are told to go.</summary>
public sealed class WebSocketFarewellTests
{
    private const int Seeds = 60;
    private const string Switching = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n";
    private const string Close = "\u0088\u0002\u0003\u00e9";

    [Fact]
    public void Leave_AmidAFrameOfTheServer_SaysSoWhereItEnds() => Run("websocket", async (world, server, client, reader) =>
    {
        await server.Stream.SendAllAsync(ProxyWorld.Bytes("\u0081\u0005he"));
        (await reader.BytesAsync(4)).ShouldBe(ProxyWorld.Bytes("\u0081\u0005he"));

        world.Proxy.CloseWebSockets(world.Front);
        await world.DelayAsync(1_000);
        await server.Stream.SendAllAsync(ProxyWorld.Bytes("llo\u0081\u0001x"));

        (await reader.BytesAsync(7)).ShouldBe(ProxyWorld.Bytes("llo" + Close));
    });

    [Fact]
    public void Leave_BetweenFrames_SaysSoAtOnce() => Run("WebSocket", async (world, server, client, reader) =>
    {
        world.Proxy.CloseWebSockets(world.Front);

        (await reader.BytesAsync(4)).ShouldBe(ProxyWorld.Bytes(Close));
        await server.Stream.SendAllAsync(ProxyWorld.Bytes("\u0081\u0001x"));
    });

    [Fact]
    public void Leave_ServerHasClosed_LeavesItToThem() => Run("websocket", async (world, server, client, reader) =>
    {
        await server.Stream.SendAllAsync(ProxyWorld.Bytes("\u0088\u0002\u0003\u00e8"));
        (await reader.BytesAsync(4)).ShouldBe(ProxyWorld.Bytes("\u0088\u0002\u0003\u00e8"));

        world.Proxy.CloseWebSockets(world.Front);
    });

    [Fact]
    public void Leave_OtherProtocol_SaysNothing() => Run("other", async (world, server, client, reader) =>
    {
        world.Proxy.CloseWebSockets(world.Front);
        await world.DelayAsync(1_000);
        await server.Stream.SendAllAsync(ProxyWorld.Bytes("x"));

        (await reader.BytesAsync(1)).ShouldBe(ProxyWorld.Bytes("x"));
    });

    [Theory]
    [InlineData(true, true, "-")]
    [InlineData(true, false, "-")]
    [InlineData(false, true, "CC")]
    [InlineData(false, false, "UX")]
    public void Leave_ConnectionsBreakAfterIt_IsAnEndInOrderOnceTheClientHasAnswered(bool answers, bool clientBreaks, string flag) =>
        FlagOfBreak(
            answers,
            clientBreaks,
            _ => default,
            async (world, reader) =>
            {
                world.Proxy.CloseWebSockets(world.Front);
                (await reader.BytesAsync(4)).ShouldBe(ProxyWorld.Bytes(Close));
                world.Front.WebSocketsTold.ShouldBe(1);
            }).ShouldBe(flag);

    [Theory]
    [InlineData(true, true, true, "-")]
    [InlineData(true, true, false, "-")]
    [InlineData(true, false, true, "CC")]
    [InlineData(true, false, false, "UX")]
    [InlineData(false, true, true, "CC")]
    [InlineData(false, true, false, "UX")]
    public void Break_OnceTheServerAndTheClientHaveClosed_IsAnEndInOrder(bool serverCloses, bool clientCloses, bool clientBreaks, string flag) =>
        FlagOfBreak(
            clientCloses,
            clientBreaks,
            async turn => await turn.Stream.SendAllAsync([Opcode(serverCloses), 0]),
            async (_, reader) => await reader.BytesAsync(2)).ShouldBe(flag);

    [Fact]
    public void Leave_ClientTakesNothing_IsCountedOnceItWasSent()
    {
        const int window = 200;
        var world = new ProxyWorld(1, SimulationOptions.Calm with { Window = window });
        world.Run(async () =>
        {
            world.Server.Script = async turn =>
            {
                await turn.SendAsync(Switching);
                await world.DelayAsync(100);

                // A frame as long as what a client may leave unread.
                await turn.Stream.SendAllAsync([0x82, 126, 0, window - 4, .. new byte[window - 4]]);
                await turn.Reader.BytesAsync(1);
            };
            (ByteStream client, WireReader reader) = await world.ConnectAsync();
            await client.SendAllAsync(ProxyWorld.Bytes("GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"));
            (await reader.ResponseAsync("GET")).ShouldNotBeNull().Status.ShouldBe(101);
            await world.DelayAsync(1_000);
            world.Proxy.CloseWebSockets(world.Front);
            await world.DelayAsync(1_000);
            world.Front.WebSocketsTold.ShouldBe(0);

            (await reader.BytesAsync(window + 4))[window..].ShouldBe(ProxyWorld.Bytes(Close));
            await world.DelayAsync(100);
            world.Front.WebSocketsTold.ShouldBe(1);
            client.Close();
        });
    }

    // Of a frame that is whole in two bytes: Close, or Ping.
    private static byte Opcode(bool isClose) => isClose ? (byte)0x88 : (byte)0x89;

    /// <summary>The flag in the log of a connection that breaks after a frame of the client: by the client at once, or by the server a second
    /// after it got the frame.</summary>
    private static string? FlagOfBreak(bool clientCloses, bool clientBreaks, Func<ServerTurn, Flow> serverBegins, Func<ProxyWorld, WireReader, Flow> before)
    {
        var destination = new CollectingDestination();
        var log = new AccessLog(destination, "test", 1, 1 << 18, _ => { });
        var world = new ProxyWorld(
            1, SimulationOptions.Calm, listener: front => front with { AccessLog = [log.Writer(0, AccessLogFormat.Json)] });
        world.Run(async () =>
        {
            world.Server.Script = async turn =>
            {
                await turn.SendAsync(Switching);
                await serverBegins(turn);
                await turn.Reader.BytesAsync(6);
                await world.DelayAsync(1_000);
                turn.Stream.Abort();
            };
            (ByteStream client, WireReader reader) = await world.ConnectAsync();
            await client.SendAllAsync(ProxyWorld.Bytes("GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"));
            (await reader.ResponseAsync("GET")).ShouldNotBeNull().Status.ShouldBe(101);
            await before(world, reader);

            // A frame with a mask and without a payload.
            await client.SendAllAsync([Opcode(clientCloses), 0x80, 1, 2, 3, 4]);
            await world.DelayAsync(100);
            if (clientBreaks)
            {
                client.Abort();
            }

            await world.DelayAsync(5_000);
            client.Close();
        });
        log.Stop(10_000).ShouldBeTrue();
        return JsonDocument.Parse(destination.Lines.ShouldHaveSingleItem()).RootElement.GetProperty("flag").GetString();
    }

    /// <summary>What the client answers goes to the server, which closes: nothing else comes to the client.</summary>
    private static void Run(string protocol, Func<ProxyWorld, ServerTurn, ByteStream, WireReader, Flow> talk) => ProxyWorld.ForSeeds(
        Seeds,
        seed => new ProxyWorld(seed),
        async world =>
        {
            ServerTurn? server = null;
            byte[] answer = [];
            world.Server.Script = async turn =>
            {
                await turn.SendAsync(Switching);
                server = turn;
                answer = await turn.Reader.BytesAsync(2);
                turn.Stream.Close();
            };
            (ByteStream client, WireReader reader) = await world.ConnectAsync();
            await client.SendAllAsync(ProxyWorld.Bytes($"GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: {protocol}\r\n\r\n"));
            (await reader.ResponseAsync("GET")).ShouldNotBeNull().Status.ShouldBe(101);

            await talk(world, server.ShouldNotBeNull(), client, reader);

            await client.SendAllAsync(ProxyWorld.Bytes("ok"));
            (await reader.ToEndAsync()).ShouldBeEmpty();
            answer.ShouldBe(ProxyWorld.Bytes("ok"));
            client.Close();
            await world.DelayAsync(1_000);
            world.Sessions.ShouldBe(0);
        });
}
