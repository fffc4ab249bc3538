using Atlas.Engine.Streams;
using Atlas.Simulation;
using static Atlas.Proxy.Tests.Sessions.QueueWorld;

namespace Atlas.Proxy.Tests.Sessions;

/// <summary>Requests that wait for a server with room.</summary>
public sealed class QueueTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    public void Requests_PastTheServersLimit_AreServedInTheOrderOfTheirComing(int workers, int maxConnections) => ProxyWorld.ForSeeds(
        Seeds,
        seed => World(seed, maxConnections, workers: workers),
        async world =>
        {
            SlowAnswers(world, 100);
            var left = new Countdown(world, 12);
            for (int i = 0; i < 12; i++)
            {
                int number = i;
                world.Guard(async () =>
                {
                    (await AskAsync(world, $"/{number}", number % workers)).Status.ShouldBe(200);
                    left.Signal();
                });

                // Longer than any way to the proxy takes here.
                await world.DelayAsync(world.Random.Next(1, 3) * 400);
                world.Server.State.Balancing.Active.ShouldBeLessThanOrEqualTo(maxConnections);
            }

            await left.Done;
            world.Server.Seen.Select(request => request.Target).ShouldBe(Enumerable.Range(0, 12).Select(i => $"/{i}"));
        });

    [Fact]
    public void Request_QueueIsFull_Is503AtOnce() => ProxyWorld.ForSeeds(
        Seeds,
        seed => World(seed, maxConnections: 1, limit: 2),
        async world =>
        {
            SlowAnswers(world, 60_000);
            var left = new Countdown(world, 1);
            await FillAsync(world, 3);
            long beganMs = world.NowMs;
            WireMessage response = await AskAsync(world, "/late");
            response.Status.ShouldBe(503);
            response.Field("proxy-status").ShouldBe("atlas; error=connection_limit_reached");
            response.Field("retry-after").ShouldNotBeNull();
            (world.NowMs - beganMs).ShouldBeLessThan(TimeoutMs / 2);
            world.Pool.Queue.Refused.ShouldBe(1);
            left.Signal();
        });

    [Fact]
    public void Request_LimitOfZero_IsNotKeptWaiting() => ProxyWorld.ForSeeds(
        4,
        seed => World(seed, maxConnections: 1, limit: 0),
        async world =>
        {
            SlowAnswers(world, 60_000);
            await FillAsync(world, 1);
            (await AskAsync(world, "/late")).Status.ShouldBe(503);
            world.Pool.Queue.Entered.ShouldBe(0);
        });

    [Fact]
    public void Request_NoServerHasRoomInTime_Is503AtTheTimeout()
    {
        var world = new ProxyWorld(3, SimulationOptions.Calm, pool: pool => Limited(pool, 1, 10));
        world.Run(async () =>
        {
            SlowAnswers(world, 60_000);
            await FillAsync(world, 1);
            long beganMs = world.NowMs;
            WireMessage response = await AskAsync(world, "/late");
            response.Status.ShouldBe(503);
            (world.NowMs - beganMs).ShouldBe(TimeoutMs);
            world.Pool.Queue.TimedOut.ShouldBe(1);
            world.Pool.Queue.Length.ShouldBe(0);
        });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Client_LeavesWhileItWaits_LeavesTheQueueToTheOthers(bool resets) => ProxyWorld.ForSeeds(
        Seeds,
        seed => World(seed, maxConnections: 1, workers: 2),
        async world =>
        {
            SlowAnswers(world, 2_000);
            await FillAsync(world, 1);
            (ByteStream leaving, WireReader _) = await world.ConnectAsync(1);
            await leaving.SendAllAsync(ProxyWorld.Bytes("GET /gone HTTP/1.1\r\nHost: a\r\n\r\n"));
            await UntilAsync(world, () => world.Pool.Queue.Length == 1);
            var left = new Countdown(world, 1);
            world.Guard(async () =>
            {
                (await AskAsync(world, "/stays")).Status.ShouldBe(200);
                left.Signal();
            });
            await UntilAsync(world, () => world.Pool.Queue.Length == 2);
            if (resets)
            {
                leaving.Abort();
            }
            else
            {
                leaving.Close();
            }

            await UntilAsync(world, () => world.Pool.Queue.Length == 1);
            await left.Done;
            world.Server.Seen.ShouldAllBe(request => request.Target != "/gone");
        });

    [Fact]
    public void Requests_ManyComeAndGoAtRandom_NoSlotIsLostAndTheLimitHolds() => ProxyWorld.ForSeeds(
        60,
        seed => World(seed, maxConnections: 2, limit: 6, workers: 2, servers: 2),
        async world =>
        {
            int most = 0;
            world.Servers.ForEach(server => server.Script = async turn =>
            {
                most = Math.Max(most, world.Servers.Max(s => s.State.Balancing.Active));
                await turn.Loop.DelayAsync(world.Random.Next(3_000));
                if (world.Random.Next(6) == 0)
                {
                    turn.Stream.Abort();
                }
                else
                {
                    await turn.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                }
            });
            var left = new Countdown(world, 30);
            for (int i = 0; i < 30; i++)
            {
                int worker = i % 2;
                world.Guard(async () =>
                {
                    await world.DelayAsync(world.Random.Next(8_000));
                    (ByteStream client, WireReader reader) = await world.ConnectAsync(worker);
                    await client.SendAllAsync(Get);
                    if (world.Random.Next(3) == 0)
                    {
                        await world.DelayAsync(world.Random.Next(4_000));
                        client.Abort();
                    }
                    else
                    {
                        (await reader.ResponseAsync("GET")).ShouldNotBeNull().Status.ShouldBeOneOf(200, 502, 503);
                        client.Close();
                    }

                    left.Signal();
                });
            }

            await left.Done;
            most.ShouldBeLessThanOrEqualTo(2);
        });

    [Fact]
    public void Tunnel_HoldsItsSlotUntilItEnds() => ProxyWorld.ForSeeds(
        Seeds,
        seed => World(seed, maxConnections: 1),
        async world =>
        {
            world.Server.Script = async turn =>
            {
                if (turn.Request.Field("upgrade") is null)
                {
                    await turn.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                    return;
                }

                await turn.SendAsync("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n");
                await turn.Reader.ToEndAsync();
                turn.Stream.Close();
            };
            (ByteStream tunnel, WireReader reader) = await world.ConnectAsync();
            await tunnel.SendAllAsync(ProxyWorld.Bytes(
                "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"));
            (await reader.ResponseAsync("GET")).ShouldNotBeNull().Status.ShouldBe(101);
            var left = new Countdown(world, 1);
            world.Guard(async () =>
            {
                (await AskAsync(world, "/waits")).Status.ShouldBe(200);
                left.Signal();
            });
            await UntilAsync(world, () => world.Pool.Queue.Length == 1);
            await world.DelayAsync(2_000);
            world.Pool.Queue.Length.ShouldBe(1);
            tunnel.Close();
            await left.Done;
        });
}
