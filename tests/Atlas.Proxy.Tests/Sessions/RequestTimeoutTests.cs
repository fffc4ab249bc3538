using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Proxy.Snapshots;
using Atlas.Simulation;

namespace Atlas.Proxy.Tests.Sessions;

/// <summary>A route's limit on whole exchanges: from the end of the head, all tries included.</summary>
public sealed class RequestTimeoutTests
{
    private const int LimitMs = 500;

    [Fact]
    public void Exchange_ServerIsSilent_Is504InItsMillisecondAndTheConnectionGoesOn() => Run(async world =>
    {
        world.Server.Script = async turn =>
        {
            if (turn.Request.Target == "/silent")
            {
                await turn.Reader.ToEndAsync();
                turn.Stream.Close();
                return;
            }

            await turn.SendAsync("HTTP/1.1 204 No Content\r\n\r\n");
        };
        (ByteStream client, WireReader reader) = await world.ConnectAsync();
        long beganMs = world.NowMs;
        await client.SendAllAsync(ProxyWorld.Bytes(Routes.Get("/silent")));
        (await reader.ResponseAsync("GET")).ShouldNotBeNull().Status.ShouldBe(504);
        (world.NowMs - beganMs).ShouldBe(LimitMs);
        await world.DelayAsync(1);
        world.Server.Listener.Connections.ShouldBe(0);

        await client.SendAllAsync(ProxyWorld.Bytes(Routes.Get("/")));
        (await reader.ResponseAsync("GET")).ShouldNotBeNull().Status.ShouldBe(204);
    });

    [Fact]
    public void Exchange_ConnectTakesTooLong_Is504() => Run(async world =>
    {
        world.Server.Listener.IsSilent = true;
        (ByteStream client, WireReader reader) = await world.ConnectAsync();
        long beganMs = world.NowMs;
        await client.SendAllAsync(ProxyWorld.Bytes(Routes.Get("/")));
        (await reader.ResponseAsync("GET")).ShouldNotBeNull().Status.ShouldBe(504);
        (world.NowMs - beganMs).ShouldBe(LimitMs);
    });

    [Fact]
    public void Exchange_ClientHoldsItUpTooLong_Is408AndNotHeldAgainstTheServer() => Run(async world =>
    {
        world.Server.ScriptReadsBody = true;
        world.Server.Script = async turn =>
        {
            await turn.Reader.ToEndAsync();
            turn.Stream.Close();
        };
        (ByteStream client, WireReader reader) = await world.ConnectAsync();
        long beganMs = world.NowMs;
        await client.SendAllAsync(ProxyWorld.Bytes("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello"));
        WireMessage response = (await reader.ResponseAsync("POST")).ShouldNotBeNull();
        response.Status.ShouldBe(408);
        response.Field("connection").ShouldBe("close");
        (world.NowMs - beganMs).ShouldBe(LimitMs);
        world.Server.State.Outliers.Evidence(world.NowMs).Total.ShouldBe(0);
    });

    [Fact]
    public void Exchange_ResponseTakesTooLong_IsCutOff() => Run(async world =>
    {
        world.Server.Script = async turn =>
        {
            await turn.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
            await turn.Reader.ToEndAsync();
            turn.Stream.Close();
        };
        (ByteStream client, WireReader reader) = await world.ConnectAsync();
        long beganMs = world.NowMs;
        await client.SendAllAsync(ProxyWorld.Bytes(Routes.Get("/")));
        (await reader.ResponseAsync("GET")).ShouldNotBeNull().IsWhole.ShouldBeFalse();
        (world.NowMs - beganMs).ShouldBe(LimitMs);
    });

    [Fact]
    public void Exchange_EndsInTime_LeavesTheNextAllItsTime() => Run(async world =>
    {
        world.Server.Script = async turn =>
        {
            await turn.Loop.DelayAsync(LimitMs - 1);
            await turn.SendAsync("HTTP/1.1 204 No Content\r\n\r\n");
        };
        (ByteStream client, WireReader reader) = await world.ConnectAsync();
        for (int i = 0; i < 3; i++)
        {
            await client.SendAllAsync(ProxyWorld.Bytes(Routes.Get("/")));
            (await reader.ResponseAsync("GET")).ShouldNotBeNull().Status.ShouldBe(204);
        }
    });

    [Fact]
    public void Tunnel_OlderThanTheLimit_GoesOn() => Run(async world =>
    {
        world.Server.Script = async turn =>
        {
            await turn.SendAsync("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
            await turn.Loop.DelayAsync(10 * LimitMs);
            await turn.SendAsync("late");
            turn.Stream.Close();
        };
        (ByteStream client, WireReader reader) = await world.ConnectAsync();
        await client.SendAllAsync(ProxyWorld.Bytes(Routes.Get("/", "Connection: Upgrade\r\nUpgrade: websocket\r\n")));
        (await reader.ResponseAsync("GET")).ShouldNotBeNull().Status.ShouldBe(101);
        (await reader.ToEndAsync()).ShouldBe(ProxyWorld.Bytes("late"));
    });

    [Fact]
    public void Exchange_AnyWeatherAndAnyDelay_EndsOnceAndLeavesNothing() => ProxyWorld.ForSeeds(
        100,
        seed => World(seed, options: null),
        async world =>
        {
            world.Server.Script = async turn =>
            {
                await turn.Loop.DelayAsync(world.Random.Next(2 * LimitMs));
                await turn.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 3000\r\n\r\n" + new string('x', 3_000));
            };
            for (int i = 0; i < 4; i++)
            {
                (ByteStream client, WireReader reader) = await world.ConnectAsync();
                await client.SendAllAsync(ProxyWorld.Bytes("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 500\r\n\r\n" + new string('y', 500)));
                WireMessage? response = await reader.ResponseAsync("POST");
                if (response is not null)
                {
                    response.Status.ShouldBeOneOf(200, 504);
                }

                client.Close();
            }
        });

    private static void Run(Func<ProxyWorld, Flow> scenario)
    {
        ProxyWorld world = World(3, SimulationOptions.Calm);
        world.Run(() => scenario(world));
    }

    private static ProxyWorld World(int seed, SimulationOptions? options) => new(
        seed,
        options,
        pool: pool => new PoolSnapshot(pool.Name, pool.Servers) { ConsecutiveFailures = 5 },
        listener: Routes.Of(pools => [new RouteSnapshot("limited") { Pool = pools[0], RequestMs = LimitMs }]));
}
