using Atlas.Core.Configuration;
using Atlas.Core.Health;
using Atlas.Proxy.Snapshots;
using static Atlas.Proxy.Tests.Sessions.QueueWorld;

namespace Atlas.Proxy.Tests.Sessions;

/// <summary>Requests that wait for a server while the pool changes.</summary>
public sealed class WaiterTests
{
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
}
