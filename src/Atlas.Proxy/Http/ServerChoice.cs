using Atlas.Core.Balancing;
using Atlas.Engine.Flows;
using Atlas.Engine.Workers;
using Atlas.Proxy.Errors;
using Atlas.Proxy.Queueing;
using Atlas.Proxy.Snapshots;

namespace Atlas.Proxy.Http;

/// <summary>Finds a server for a request's next try and begins it there: at once where one has room and nobody waits, else in
/// its turn.</summary>
internal static class ServerChoice
{
    /// <summary>Takes a server that has room now.</summary>
    /// <param name="context">The worker's.</param>
    /// <param name="x">The request, with its pool and the servers that it tried.</param>
    /// <param name="index">The server's place in the pool, or why there is none (<see cref="Balancer"/>).</param>
    internal static ServerState? TryTake(WorkerContext context, Exchange x, out int index)
    {
        if (x.Pool!.Queue.IsEmpty)
        {
            int bound = x.BoundServer;
            if (bound >= 0)
            {
                return TryTakeBound(x.Pool.Servers[bound], bound, out index);
            }

            return x.Pool.TryBegin(x.PickFor(context.RandomBits(), context.Loop.NowUs), out index);
        }

        index = Balancer.Full;
        return null;
    }

    /// <summary>Waits for a server that has room: for its own, if the client is bound to one. A reload meanwhile may change the
    /// exchange's pool.</summary>
    /// <param name="context">The worker's.</param>
    /// <param name="x">The request, whose error says why there is none, unless an earlier try failed.</param>
    /// <returns>The server's place in the exchange's pool; -1: there is none.</returns>
    internal static async ResultFlow<int> WaitAsync(WorkerContext context, Exchange x)
    {
        EventLoop loop = context.Loop;
        QueueWaiter waiter = x.Waiter ??= new QueueWaiter(x, loop);
        long beganUs = loop.NowUs;
        QueueOutcome outcome = await waiter.EnterAsync(x.BoundServer, context.RandomBits());
        x.QueuedUs = Math.Max(x.QueuedUs, 0) + loop.NowUs - beganUs;
        if (outcome == QueueOutcome.Granted)
        {
            return waiter.Server;
        }

        ProxyError error = ErrorOf(outcome, x);
        x.Error = x.Error == ProxyError.None || outcome == QueueOutcome.Left ? error : x.Error;
        return -1;
    }

    private static ServerState? TryTakeBound(ServerState server, int bound, out int index)
    {
        bool hasRoom = server.Balancing.TryBegin();
        index = hasRoom ? bound : Balancer.Full;
        return hasRoom ? server : null;
    }

    private static ProxyError ErrorOf(QueueOutcome outcome, Exchange x) => outcome switch
    {
        QueueOutcome.NoServer => ProxyError.NoHealthyServer,
        QueueOutcome.Refused => ProxyError.QueueFull,
        QueueOutcome.TimedOut => ProxyError.QueueTimeout,
        QueueOutcome.Left => x.ClientGone ? ProxyError.ClientClosed : ProxyError.ShuttingDown,
        QueueOutcome.Waiting or QueueOutcome.Granted or _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
    };
}
