using System.Net;
using Atlas.Core.Configuration;
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
        long before = 0;
        for (int i = 0; i < 3; i++)
        {
            pool.Queue.Enter(waiter, -1, _loop).ShouldBe(QueueOutcome.Waiting);

            // The first rounds run code for the first time.
            before = GC.GetAllocatedBytesForCurrentThread();
            pool.End(pool.Servers[0], _loop);
            before = GC.GetAllocatedBytesForCurrentThread() - before;
            waiter.Outcome.ShouldBe(QueueOutcome.Granted);
        }

        before.ShouldBe(0);
        _loop.Yielded.ShouldBe(3);
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
