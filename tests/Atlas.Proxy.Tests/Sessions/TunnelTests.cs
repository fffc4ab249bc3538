using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Proxy.Snapshots;
using Atlas.Simulation;

namespace Atlas.Proxy.Tests.Sessions;

/// <summary>Connections that change to another protocol.</summary>
public sealed class TunnelTests
{
    private const int Seeds = 80;
    private const string Upgrade = "GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
    private const string Switching = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Tunnel_OneSideEnds_TheOtherMayFinish(bool clientEnds) => ProxyWorld.ForSeeds(
        Seeds,
        seed => new ProxyWorld(seed),
        async world =>
        {
            int count = world.Network.Options == SimulationOptions.ByteByByte ? 300 : 40_000;
            byte[] up = new byte[count];
            byte[] down = new byte[count + 17];
            world.Random.NextBytes(up);
            world.Random.NextBytes(down);
            world.Server.Script = async turn =>
            {
                turn.Request.Field("upgrade").ShouldBe("websocket");
                await turn.SendAsync(Switching + "first");
                await TalkAsync(turn.Stream, turn.Reader, down, up, endsFirst: !clientEnds);
                turn.Stream.Close();
            };
            (ByteStream client, WireReader reader) = await world.ConnectAsync();
            await client.SendAllAsync(ProxyWorld.Bytes(Upgrade));
            (await reader.ResponseAsync("GET")).ShouldNotBeNull().Status.ShouldBe(101);
            (await reader.BytesAsync(5)).ShouldBe(ProxyWorld.Bytes("first"));
            await TalkAsync(client, reader, up, down, endsFirst: clientEnds);
            client.Close();
            await world.DelayAsync(1_000);
            world.Sessions.ShouldBe(0);
            world.Server.Listener.Connections.ShouldBe(0);
        });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Tunnel_OneSideAborts_TheOtherLearnsOfItAtOnce(bool clientAborts) => ProxyWorld.ForSeeds(
        Seeds,
        seed => new ProxyWorld(seed),
        async world =>
        {
            int last = 1;
            world.Server.Script = async turn =>
            {
                await turn.SendAsync(Switching);
                if (!clientAborts)
                {
                    await turn.Loop.DelayAsync(200);
                    turn.Stream.Abort();
                    return;
                }

                await turn.Reader.ToEndAsync();
                last = turn.Reader.Last;
                turn.Stream.Close();
            };
            (ByteStream client, WireReader reader) = await world.ConnectAsync();
            await client.SendAllAsync(ProxyWorld.Bytes(Upgrade));
            (await reader.ResponseAsync("GET")).ShouldNotBeNull().Status.ShouldBe(101);
            if (clientAborts)
            {
                client.Abort();
            }
            else
            {
                await reader.ToEndAsync();
                last = reader.Last;
            }

            await world.DelayAsync(1_000);
            last.ShouldBeLessThanOrEqualTo(0);
            world.Sessions.ShouldBe(0);
            world.Server.Listener.Connections.ShouldBe(0);
        });

    [Fact]
    public void Tunnel_BothAreSilent_EndsInItsMillisecond()
    {
        var world = new ProxyWorld(seed: 3, SimulationOptions.Calm);
        world.Run(async () =>
        {
            world.Server.Script = async turn =>
            {
                await turn.SendAsync(Switching);
                await turn.Loop.DelayAsync(3_000_000);
                await turn.SendAsync("x");
                await turn.Reader.ToEndAsync();
            };
            (ByteStream client, WireReader reader) = await world.ConnectAsync();
            await client.SendAllAsync(ProxyWorld.Bytes(Upgrade));
            (await reader.ResponseAsync("GET")).ShouldNotBeNull().Status.ShouldBe(101);
            (await reader.BytesAsync(1)).ShouldBe(ProxyWorld.Bytes("x"));
            long beganMs = world.NowMs;
            world.Loop.Buffers.Lent.ShouldBeLessThanOrEqualTo(1, "a silent tunnel holds no buffer but its exchange's");
            await reader.ToEndAsync();
            (world.NowMs - beganMs).ShouldBe(3_600_000);
        });
    }

    [Theory]
    [InlineData(true, 30_000, 3_600_000, 30_000)]
    [InlineData(false, 30_000, 3_600_000, 30_000)]
    [InlineData(true, int.MaxValue, 600_000, 600_000)]
    [InlineData(true, 30_000, 20_000, 20_000)]
    [InlineData(false, 1_000, int.MaxValue, 1_000)]
    public void Tunnel_OneSideEndedAndTheOtherIsSilent_EndsInItsMillisecond(bool clientEnds, int halfClosedMs, int tunnelMs, int expectedMs)
    {
        var world = new ProxyWorld(
            seed: 3,
            SimulationOptions.Calm,
            pool: pool => new PoolSnapshot(pool.Name, pool.Servers) { TunnelMs = tunnelMs, TunnelHalfClosedMs = halfClosedMs });
        world.Run(async () =>
        {
            world.Server.Script = async turn =>
            {
                await turn.SendAsync(Switching);
                await TalkHalfClosedAsync(world, turn.Stream, turn.Reader, endsFirst: !clientEnds, expectedMs);
            };
            (ByteStream client, WireReader reader) = await world.ConnectAsync();
            await client.SendAllAsync(ProxyWorld.Bytes(Upgrade));
            (await reader.ResponseAsync("GET")).ShouldNotBeNull().Status.ShouldBe(101);
            await TalkHalfClosedAsync(world, client, reader, endsFirst: clientEnds, expectedMs);
            await world.DelayAsync(1_000);
            world.Sessions.ShouldBe(0);
        });
    }

    // The side that stays sends pieces that each come just in time, and then nothing more.
    private static async Flow TalkHalfClosedAsync(
        ProxyWorld world, ByteStream stream, WireReader reader, bool endsFirst, int boundMs)
    {
        if (!endsFirst)
        {
            (await reader.ToEndAsync()).ShouldBeEmpty();
            for (int i = 0; i < 3; i++)
            {
                await world.DelayAsync(boundMs - 1);
                (await stream.SendAllAsync([1])).ShouldBeTrue();
            }

            await world.DelayAsync(boundMs * 2L);
            return;
        }

        await world.DelayAsync(10_000);
        stream.ShutdownSend();
        (await reader.BytesAsync(3)).Length.ShouldBe(3);
        long beganMs = world.NowMs;
        (await reader.ToEndAsync()).ShouldBeEmpty();
        (world.NowMs - beganMs).ShouldBe(boundMs);
    }

    [Theory]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\n\r\n")]
    public void Response_SwitchesUnasked_Is502(string response) => ProxyWorld.ForSeeds(
        8,
        seed => new ProxyWorld(seed),
        async world =>
        {
            world.Server.Script = turn => turn.SendAsync(response);
            (ByteStream client, WireReader reader) = await world.ConnectAsync();
            await client.SendAllAsync(ProxyWorld.Bytes("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
            (await reader.ResponseAsync("GET")).ShouldNotBeNull().Status.ShouldBe(502);
        });

    // One side ends after its bytes and the other answers to that end with all of its own.
    private static async Flow TalkAsync(ByteStream stream, WireReader reader, byte[] mine, byte[] theirs, bool endsFirst)
    {
        if (endsFirst)
        {
            (await stream.SendAllAsync(mine)).ShouldBeTrue();
            stream.ShutdownSend();
            (await reader.ToEndAsync()).AsSpan().SequenceEqual(theirs).ShouldBeTrue();
        }
        else
        {
            (await reader.ToEndAsync()).AsSpan().SequenceEqual(theirs).ShouldBeTrue();
            (await stream.SendAllAsync(mine)).ShouldBeTrue();
            stream.ShutdownSend();
        }

        reader.Last.ShouldBe(0);
    }
}
