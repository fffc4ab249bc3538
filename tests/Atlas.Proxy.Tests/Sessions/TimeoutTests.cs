using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Simulation;

namespace Atlas.Proxy.Tests.Sessions;

/// <summary>Each timeout ends a session in its very millisecond, and not before.</summary>
public sealed class TimeoutTests
{
    private static readonly byte[] Get = ProxyWorld.Bytes("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

    [Fact]
    public void Head_NotWholeInTime_Is408()
    {
        Run(async world =>
        {
            (ByteStream client, WireReader reader) = await world.ConnectAsync();
            await world.DelayAsync(7_000);
            long beganMs = world.NowMs;
            foreach (byte one in ProxyWorld.Bytes("GET / HTTP/1"))
            {
                client.TrySend([one]).ShouldBe(1);
                await world.DelayAsync(500);
            }

            (await reader.ResponseAsync("GET")).ShouldNotBeNull().Status.ShouldBe(408);
            (world.NowMs - beganMs).ShouldBe(10_000);
        });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Idle_NoRequest_ClosesInSilence(bool afterARequest)
    {
        Run(async world =>
        {
            (ByteStream client, WireReader reader) = await world.ConnectAsync();
            if (afterARequest)
            {
                await world.DelayAsync(74_999);
                await client.SendAllAsync(Get);
                (await reader.ResponseAsync("GET")).ShouldNotBeNull().Status.ShouldBe(200);
            }

            long beganMs = world.NowMs;
            world.Loop.Buffers.Lent.ShouldBe(0, "idle connections hold no buffer");
            (await reader.ToEndAsync()).ShouldBeEmpty();
            reader.Last.ShouldBe(0);
            (world.NowMs - beganMs).ShouldBe(75_000);
        });
    }

    [Fact]
    public void Connect_NoAnswer_Is504()
    {
        Run(async world =>
        {
            world.Server.Listener.IsSilent = true;
            (ByteStream client, WireReader reader) = await world.ConnectAsync();
            await client.SendAllAsync(Get);
            long beganMs = world.NowMs;
            (await reader.ResponseAsync("GET")).ShouldNotBeNull().Status.ShouldBe(504);
            (world.NowMs - beganMs).ShouldBe(3_000);
        });
    }

    [Fact]
    public void Response_TheServerIsSilent_Is504AndTheServerSeesTheEnd()
    {
        Run(async world =>
        {
            world.Server.Script = async turn => await turn.Reader.ToEndAsync();
            (ByteStream client, WireReader reader) = await world.ConnectAsync();
            await client.SendAllAsync(Get);
            long beganMs = world.NowMs;
            (await reader.ResponseAsync("GET")).ShouldNotBeNull().Status.ShouldBe(504);
            (world.NowMs - beganMs).ShouldBe(60_000);
            await world.DelayAsync(1);
            world.Server.Listener.Connections.ShouldBe(0);
        });
    }

    [Fact]
    public void Response_TheServerFallsSilentWithinTheBody_IsCut()
    {
        Run(async world =>
        {
            world.Server.Script = async turn =>
            {
                await turn.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
                for (int i = 0; i < 3; i++)
                {
                    await turn.Loop.DelayAsync(59_999);
                    await turn.SendAsync("x");
                }

                await turn.Reader.ToEndAsync();
            };
            (ByteStream client, WireReader reader) = await world.ConnectAsync();
            await client.SendAllAsync(Get);
            long beganMs = world.NowMs;
            WireMessage response = (await reader.ResponseAsync("GET")).ShouldNotBeNull();
            response.IsWhole.ShouldBeFalse();
            response.Body.Length.ShouldBe(3);
            (world.NowMs - beganMs).ShouldBe((3 * 59_999) + 60_000);
        });
    }

    [Theory]
    [InlineData(240, 10_000)]
    [InlineData(0, 30_000)]
    public void RequestBody_TheClientFallsSilent_Is408(int minimumRate, int expectedMs)
    {
        Run(
            async world =>
            {
                (ByteStream client, WireReader reader) = await world.ConnectAsync();
                await client.SendAllAsync(ProxyWorld.Bytes("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nabc"));
                long beganMs = world.NowMs;
                (await reader.ResponseAsync("POST")).ShouldNotBeNull().Status.ShouldBe(408);
                (world.NowMs - beganMs).ShouldBe(expectedMs);
            },
            minimumRate);
    }

    [Fact]
    public void ResponseBody_TheClientStopsReading_IsCutAndTheServerLetGo()
    {
        Run(async world =>
        {
            world.Server.Script = async turn =>
            {
                await turn.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n");
                while (await turn.Stream.SendAllAsync(new byte[10_000]))
                {
                    // Until the proxy lets go.
                }

                turn.Stream.Close();
            };
            (ByteStream client, _) = await world.ConnectAsync();
            await client.SendAllAsync(Get);
            await world.DelayAsync(29_999);
            world.Sessions.ShouldBe(1);
            world.Server.Listener.Connections.ShouldBe(1);
            await world.DelayAsync(2);
            world.Server.Listener.Connections.ShouldBe(0);
            await world.DelayAsync(31_000);
            world.Sessions.ShouldBe(0);
        });
    }

    private static void Run(Func<ProxyWorld, Flow> scenario, int minimumRate = 240)
    {
        var world = new ProxyWorld(
            seed: 7,
            SimulationOptions.Calm,
            listener: listener => listener with { BodyMinRateBytesPerSecond = minimumRate });
        world.Run(() => scenario(world));
    }
}
