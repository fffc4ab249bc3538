using System.Net;
using Atlas.Core.Configuration;
using Atlas.Core.Health;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Engine.Workers;
using Atlas.Proxy.Http;
using Atlas.Proxy.Queueing;
using Atlas.Proxy.Snapshots;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Proxy.Tests.Queueing;

/// <summary>Who of those who wait gets a slot, and at what cost.</summary>
public sealed class PoolQueueTests
{
    private readonly HandLoop _loop = new();

    [Fact]
    public void Serve_WaiterOfTheSameLoop_IsWokenWithoutAllocation()
    {
        PoolSnapshot pool = FullPool(servers: 1);
        QueueWaiter waiter = Waiter(pool);
        int rounds = 0;

        Allocations.Of(() =>
        {
            rounds += pool.Queue.Enter(waiter, -1, _loop) == QueueOutcome.Waiting ? 1 : 0;
            pool.End(pool.Servers[0], _loop);
            rounds += waiter.Outcome == QueueOutcome.Granted ? 1 : 0;
        }).ShouldBe(0);

        rounds.ShouldBeGreaterThanOrEqualTo(4);
        _loop.Yielded.ShouldBe(rounds / 2);
    }

    [Fact]
    public void Serve_OnlyAServerThatAllWaitersTriedHasRoom_ChoosesForNobody()
    {
        PoolSnapshot pool = FullPool(servers: 2);
        QueueWaiter[] waiters = Enter(pool, 500, tried: 0);

        _loop.Choices = 0;
        pool.End(pool.Servers[0], _loop);
        _loop.Choices.ShouldBe(0);
        pool.Queue.Length.ShouldBe(500);

        pool.End(pool.Servers[1], _loop);
        _loop.Choices.ShouldBe(1);
        waiters[0].Outcome.ShouldBe(QueueOutcome.Granted);
        waiters[0].Server.ShouldBe(1);
        pool.Queue.Length.ShouldBe(499);
    }

    [Fact]
    public void Enter_NoServerHasRoom_ChoosesForNobody()
    {
        PoolSnapshot pool = FullPool(servers: 2);
        Enter(pool, 100, tried: 0);
        _loop.Choices.ShouldBe(0);
    }

    [Fact]
    public void Serve_ChoosyOnesAreOlder_LetsOthersPassInTheirOrder()
    {
        PoolSnapshot pool = FullPool(servers: 2);
        QueueWaiter choosy = Enter(pool, 1, tried: 0)[0];
        QueueWaiter[] others = Enter(pool, 2);

        pool.End(pool.Servers[0], _loop);
        (choosy.Outcome, others[0].Outcome, others[1].Outcome)
            .ShouldBe((QueueOutcome.Waiting, QueueOutcome.Granted, QueueOutcome.Waiting));
        pool.End(pool.Servers[1], _loop);
        (choosy.Outcome, others[1].Outcome).ShouldBe((QueueOutcome.Granted, QueueOutcome.Waiting));
    }

    [Fact]
    public void Serve_ServerThatDrainsHasRoom_TakesItsOwnFromBehindTheOthers()
    {
        PoolSnapshot pool = FullPool(servers: 2);
        QueueWaiter older = Enter(pool, 1)[0];
        QueueWaiter bound = Waiter(pool);
        pool.Queue.Enter(bound, 1, _loop).ShouldBe(QueueOutcome.Waiting);
        pool.Servers[1].Balancing.Admin = AdminState.Drain;
        pool.Balancer.Refresh(0);

        pool.End(pool.Servers[1], _loop);
        (older.Outcome, bound.Outcome, bound.Server).ShouldBe((QueueOutcome.Waiting, QueueOutcome.Granted, 1));
    }

    private static PoolSnapshot FullPool(int servers)
    {
        ServerState[] states = [.. Enumerable.Range(0, servers).Select(
            i => new ServerState($"s{i}", SocketAddress.OfIp(IPAddress.Loopback, 80)))];
        foreach (ServerState state in states)
        {
            state.Balancing.Configure(new ServerConfig { MaxConnections = 1 });
            state.Balancing.TryBegin().ShouldBeTrue();
        }

        return new PoolSnapshot("p", states);
    }

    private QueueWaiter[] Enter(PoolSnapshot pool, int count, params int[] tried)
    {
        QueueWaiter[] waiters = [.. Enumerable.Range(0, count).Select(_ => Waiter(pool, tried))];
        foreach (QueueWaiter waiter in waiters)
        {
            pool.Queue.Enter(waiter, -1, _loop).ShouldBe(QueueOutcome.Waiting);
        }

        return waiters;
    }

    private QueueWaiter Waiter(PoolSnapshot pool, params int[] tried)
    {
        var exchange = new Exchange { Pool = pool };
        foreach (int server in tried)
        {
            exchange.TryExclude(server).ShouldBeTrue();
        }

        return new QueueWaiter(exchange, _loop);
    }

    /// <summary>A loop whose turn does not come. It counts how often its time is asked, as each choice of a server does
    /// once.</summary>
    private sealed class HandLoop() : EventLoop(1_000_000, 1 << 24)
    {
        public override long NowMs
        {
            get
            {
                Choices++;
                return 1_000_000;
            }
        }

        internal int Choices { get; set; }

        internal int Yielded { get; private set; }

        protected override bool HasEnded => false;

        public override bool TryPost(Action action) => false;

        public override void Yield(Continuation continuation) => Yielded++;

        public override ResultFlow<ConnectResult> ConnectAsync(SocketAddress address, long deadlineMs) =>
            throw new NotSupportedException();
    }
}
