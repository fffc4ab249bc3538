using Atlas.Core.Balancing;
using Atlas.Core.Configuration;
using Atlas.Core.Health;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Proxy.Snapshots;
using Atlas.Simulation;

namespace Atlas.Proxy.Tests.Sessions;

/// <summary>Requests that wait for a server with room.</summary>
public sealed class QueueTests
{
    private const int Seeds = 24;
    private const int TimeoutMs = 5_000;

    private static readonly byte[] Get = ProxyWorld.Bytes("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

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
    public void Waiters_AnotherServerComesUp_GoThere() => ProxyWorld.ForSeeds(
        Seeds,
        seed => World(seed, maxConnections: 1, servers: 2),
        async world =>
        {
            SlowAnswers(world, 3_000);
            world.Servers[1].State.Balancing.IsUp = false;
            world.Pool.Balancer.Refresh(world.NowMs);
            await FillAsync(world, 1);
            var left = new Countdown(world, 1);
            world.Guard(async () =>
            {
                (await AskAsync(world, "/b")).Status.ShouldBe(200);
                left.Signal();
            });
            await UntilAsync(world, () => world.Pool.Queue.Length == 1);
            world.Servers[1].State.Balancing.IsUp = true;
            world.Pool.Balancer.Refresh(world.NowMs);
            world.Pool.Queue.Length.ShouldBe(0);
            await left.Done;
            world.Servers[1].Seen.Single().Target.ShouldBe("/b");
        });

    [Fact]
    public void Waiters_TheLastServerGoesDown_WaitForItToComeBack() => ProxyWorld.ForSeeds(
        Seeds,
        seed => World(seed, maxConnections: 1, panicShare: 0),
        async world =>
        {
            SlowAnswers(world, 1_000);
            await FillAsync(world, 1);
            var left = new Countdown(world, 1);
            world.Guard(async () =>
            {
                (await AskAsync(world, "/waits")).Status.ShouldBe(200);
                left.Signal();
            });
            await UntilAsync(world, () => world.Pool.Queue.Length == 1);
            world.Server.State.Balancing.IsUp = false;
            world.Pool.Balancer.Refresh(world.NowMs);
            await world.DelayAsync(2_000);
            world.Pool.Queue.Length.ShouldBe(1);
            (await AskAsync(world, "/new")).Status.ShouldBe(503);
            world.Server.State.Balancing.IsUp = true;
            world.Pool.Balancer.Refresh(world.NowMs);
            await left.Done;
        });

    [Theory]
    [InlineData(AdminState.Drain)]
    [InlineData(AdminState.Maintenance)]
    public void Waiters_OperatorTakesTheLastServerOut_AreAnsweredAtOnce(AdminState admin) => ProxyWorld.ForSeeds(
        Seeds,
        seed => World(seed, maxConnections: 1, workers: 2),
        async world =>
        {
            SlowAnswers(world, 60_000);
            await FillAsync(world, 1);
            Countdown left = Waits(world);
            await UntilAsync(world, () => world.Pool.Queue.Length == 1);
            long tookOutMs = world.NowMs;
            world.Server.State.Balancing.Admin = admin;
            world.Pool.Balancer.Refresh(world.NowMs);
            await left.Done;
            (world.NowMs - tookOutMs).ShouldBeLessThan(TimeoutMs / 2);
            world.Pool.Queue.TimedOut.ShouldBe(0);
        });

    [Fact]
    public void Waiters_ReloadLeavesOnlyAServerInMaintenance_AreAnsweredAtOnce() => ProxyWorld.ForSeeds(
        Seeds,
        seed => World(seed, maxConnections: 1, servers: 2, inUse: 1),
        async world =>
        {
            SlowAnswers(world, 60_000);
            await FillAsync(world, 1);
            Countdown left = Waits(world);
            await UntilAsync(world, () => world.Pool.Queue.Length == 1);
            world.Servers[1].State.Balancing.Admin = AdminState.Maintenance;
            Reload(world, new PoolSnapshot("pool", [world.Servers[1].State]) { Queue = world.Pool.Queue });
            world.Pool.Queue.Length.ShouldBe(0);
            await left.Done;
        });

    [Fact]
    public void Waiters_ReloadRaisesTheLimitAndAddsAServer_GoByTheNewSnapshot() => ProxyWorld.ForSeeds(
        Seeds,
        seed => World(seed, maxConnections: 1, servers: 2, workers: 2, inUse: 1),
        async world =>
        {
            SlowAnswers(world, 4_000);
            await FillAsync(world, 1);
            var left = new Countdown(world, 2);
            for (int i = 0; i < 2; i++)
            {
                int worker = i;
                world.Guard(async () =>
                {
                    (await AskAsync(world, "/waits", worker)).Status.ShouldBe(200);
                    left.Signal();
                });
                await UntilAsync(world, () => world.Pool.Queue.Length == worker + 1);
            }

            world.Servers[1].State.Balancing.Configure(new ServerConfig { MaxConnections = 1 });
            var pool = new PoolSnapshot("pool", [world.Servers[1].State, world.Servers[0].State]) { Queue = world.Pool.Queue };
            Reload(world, pool);
            pool.Queue.Length.ShouldBe(1, "the new server takes one");
            world.Servers[0].State.Balancing.Configure(new ServerConfig { MaxConnections = 2 });
            pool.Balancer.Refresh(world.NowMs);
            pool.Queue.Length.ShouldBe(0);
            await left.Done;
            world.Servers[1].Seen.Count.ShouldBe(1);
            world.Servers[0].Seen.Count.ShouldBe(2);
        });

    [Fact]
    public void Waiters_ReloadTakesThePoolAway_AreAnswered() => ProxyWorld.ForSeeds(
        Seeds,
        seed => World(seed, maxConnections: 1),
        async world =>
        {
            SlowAnswers(world, 4_000);
            await FillAsync(world, 1);
            var left = new Countdown(world, 1);
            world.Guard(async () =>
            {
                (await AskAsync(world, "/waits")).Status.ShouldBe(503);
                left.Signal();
            });
            await UntilAsync(world, () => world.Pool.Queue.Length == 1);
            Reload(world, new PoolSnapshot("other", [world.Server.State]));
            await left.Done;
        });

    [Fact]
    public void Waiters_MailboxOfTheirWorkerIsFull_AreNotLost() => ProxyWorld.ForSeeds(
        4,
        seed => World(seed, maxConnections: 1, workers: 2),
        async world =>
        {
            SlowAnswers(world, 500);
            await FillAsync(world, 1);
            var left = new Countdown(world, 1);
            world.Guard(async () =>
            {
                (await AskAsync(world, "/waits", 1)).Status.ShouldBe(200);
                left.Signal();
            });
            await UntilAsync(world, () => world.Pool.Queue.Length == 1);
            world.Loops[1].MailboxCapacity = 0;
            await UntilAsync(world, () => world.Pool.Queue.Length == 0);
            await left.Done;
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

    private static ProxyWorld World(
        int seed, int maxConnections, int limit = 100, int workers = 1, int servers = 1, int? inUse = null, double panicShare = 0.5) => new(
        seed,
        servers: servers,
        workers: workers,
        pool: pool => Limited(
            inUse is int count ? new PoolSnapshot(pool.Name, [.. pool.Servers.Take(count)]) : pool, maxConnections, limit, panicShare));

    private static PoolSnapshot Limited(PoolSnapshot pool, int maxConnections, int limit, double panicShare = 0.5)
    {
        foreach (ServerState server in pool.Servers)
        {
            server.Balancing.Configure(new ServerConfig { MaxConnections = maxConnections });
        }

        var balancer = new PoolBalancer(
            BalanceAlgorithm.RoundRobin, [.. pool.Servers.Select(s => s.Balancing)], new RosterOptions(panicShare, 0), previous: null, nowMs: 0);
        return new PoolSnapshot(pool.Name, pool.Servers, balancer) { QueueLimit = limit, QueueTimeoutMs = TimeoutMs };
    }

    private static void Reload(ProxyWorld world, PoolSnapshot pool)
    {
        var before = new ProxySnapshot([world.Front.Snapshot], [world.Pool]);
        world.Front.Snapshot = new HttpListenerSnapshot("front", pool);
        new ProxySnapshot([world.Front.Snapshot], [pool]).TakeOver(before);
    }

    /// <summary>Sends a request to the last worker that is to be told at once that no server takes it.</summary>
    private static Countdown Waits(ProxyWorld world)
    {
        var left = new Countdown(world, 1);
        world.Guard(async () =>
        {
            WireMessage response = await AskAsync(world, "/waits", world.Loops.Count - 1);
            response.Status.ShouldBe(503);
            response.Field("proxy-status").ShouldBe("atlas; error=destination_unavailable");
            left.Signal();
        });
        return left;
    }

    private static void SlowAnswers(ProxyWorld world, int ms) => world.Servers.ForEach(server => server.Script = async turn =>
    {
        await turn.Loop.DelayAsync(ms);
        await turn.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    });

    /// <summary>Sends requests, one after the other, and does not wait for their answers.</summary>
    private static async Flow FillAsync(ProxyWorld world, int count)
    {
        for (int i = 0; i < count; i++)
        {
            (ByteStream client, WireReader _) = await world.ConnectAsync();
            await client.SendAllAsync(Get);
            int busy = i + 1;
            await UntilAsync(world, () => world.Server.State.Balancing.Active + world.Pool.Queue.Length == busy);
        }
    }

    private static async ResultFlow<WireMessage> AskAsync(ProxyWorld world, string target, int worker = 0)
    {
        (ByteStream client, WireReader reader) = await world.ConnectAsync(worker);
        await client.SendAllAsync(ProxyWorld.Bytes($"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n"));
        WireMessage response = (await reader.ResponseAsync("GET")).ShouldNotBeNull();
        client.Close();
        return response;
    }

    private static async Flow UntilAsync(ProxyWorld world, Func<bool> isTrue)
    {
        for (int i = 0; !isTrue(); i++)
        {
            i.ShouldBeLessThan(100_000, "it never comes");
            await world.DelayAsync(1);
        }
    }

    private sealed class Countdown(ProxyWorld world, int count)
    {
        private int _left = count;

        public LoopSignal Done { get; } = new(world.Loop);

        public void Signal()
        {
            if (--_left == 0)
            {
                Done.Set();
            }
        }
    }
}
