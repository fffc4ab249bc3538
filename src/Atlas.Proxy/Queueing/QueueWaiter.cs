using Atlas.Core.Balancing;
using Atlas.Core.Health;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Engine.Workers;
using Atlas.Proxy.Affinity;
using Atlas.Proxy.Http;
using Atlas.Proxy.Snapshots;

namespace Atlas.Proxy.Queueing;

/// <summary>A request's place in a <see cref="PoolQueue"/>; part of its exchange and reused with it. While it waits, whatever is
/// not said to belong to its loop is changed under the queue's lock only, and so is what its exchange says of pool and tried
/// servers.</summary>
internal sealed class QueueWaiter
{
    private readonly Exchange _exchange;
    private readonly EventLoop _loop;
    private readonly LoopWait _wait;
    private readonly Action _wake;
    private readonly Continuation _wakeLater;
    private int _outcome;

    /// <summary>Makes a place.</summary>
    /// <param name="exchange">Whose.</param>
    /// <param name="loop">The exchange's loop.</param>
    internal QueueWaiter(Exchange exchange, EventLoop loop)
    {
        _exchange = exchange;
        _loop = loop;
        _wait = new LoopWait(loop);
        _wake = Wake;
        _wakeLater = Continuation.Of(_wake);
    }

    // The links of the queue's list.
    internal QueueWaiter? Next { get; set; }

    internal QueueWaiter? Previous { get; set; }

    /// <summary>What became of it. Any thread may read it.</summary>
    internal QueueOutcome Outcome
    {
        get => (QueueOutcome)Volatile.Read(ref _outcome);
        set => Volatile.Write(ref _outcome, (int)value);
    }

    /// <summary>The place of the server that has begun the request, in the exchange's pool.</summary>
    internal int Server { get; set; }

    /// <summary>The only server that it waits for, by its place in the pool; -1: any.</summary>
    internal int Target { get; set; } = -1;

    /// <summary>The pool that it waits in, as of the latest snapshot.</summary>
    internal PoolSnapshot Pool => _exchange.Pool!;

    /// <summary>Whether a server may take others but not this one.</summary>
    internal bool IsChoosy => Target >= 0 || !_exchange.Tried.IsEmpty;

    /// <summary>Whether the pool has a server that it may go to once there is room.</summary>
    internal bool HasHope
    {
        get
        {
            foreach (int member in Pool.Balancer.Current.Roster.Members)
            {
                if (!HasTried(member))
                {
                    return true;
                }
            }

            return Target >= 0;
        }
    }

    /// <summary>Whether the operator leaves the pool a server that it may go to, if only once that is up again: what is down may
    /// be back sooner than the wait ends.</summary>
    internal bool MayStay
    {
        get
        {
            PoolSnapshot pool = Pool;
            for (int i = 0; i < pool.Servers.Count; i++)
            {
                if (pool.Servers[i].Balancing is { Admin: AdminState.Ready, Weight: > 0 } && !HasTried(i))
                {
                    return true;
                }
            }

            return Target >= 0;
        }
    }

    /// <summary>Whether a server failed the request, by its place in the pool.</summary>
    internal bool HasTried(int server) => _exchange.Tried.Contains(server);

    /// <summary>Draws of the choice of its server are made of these.</summary>
    internal ulong Random { get; set; }

    /// <summary>Waits for the outcome. On the exchange's loop.</summary>
    /// <param name="deadlineMs">The loop's time at which it gives up.</param>
    internal LoopWait WaitAsync(long deadlineMs) => _wait.Begin(deadlineMs);

    /// <summary>Ends the wait, as the client has left. On the exchange's loop.</summary>
    internal void Cancel() => _wait.Resume(WaitResult.Cancelled);

    /// <summary>Lets the flow go on. Any thread.</summary>
    /// <param name="caller">The loop of the calling thread; null: it is none's.</param>
    internal void Post(EventLoop? caller)
    {
        if (caller == _loop)
        {
            // Later in the same turn: who frees a slot has work of its own to end first.
            _loop.Yield(_wakeLater);
        }
        else
        {
            AssuredPost.Post(_loop, _wake);
        }
    }

    /// <summary>Begins the request at a server, if one takes it.</summary>
    /// <returns>The server's place, or why there is none.</returns>
    internal int TryBegin()
    {
        PoolSnapshot pool = Pool;
        UnbindIfLost();
        if (Target >= 0)
        {
            return pool.Servers[Target].Balancing.TryBegin() ? Target : Balancer.Full;
        }

        pool.TryBegin(_exchange.PickFor(Random, _loop.NowUs), out int index);
        return index;
    }

    /// <summary>Waits in another snapshot of its pool from now on.</summary>
    internal void MoveTo(PoolSnapshot pool)
    {
        ServerState? target = Target >= 0 ? Pool.Servers[Target] : null;
        Unbind();
        _exchange.MoveTo(pool);
        BindTo(target is null ? -1 : pool.IndexOf(target));
    }

    /// <summary>Waits for one server only; -1: for any.</summary>
    internal void BindTo(int target)
    {
        Target = target;
        if (target >= 0)
        {
            Pool.Servers[target].Balancing.BeginWait();
        }
    }

    /// <summary>Waits for any server, if the one that it waits for takes nothing any more.</summary>
    internal void UnbindIfLost()
    {
        if (Target >= 0 && !PoolAffinity.Keeps(Pool.Servers[Target].Balancing))
        {
            Unbind();
        }
    }

    /// <summary>Waits for any server.</summary>
    internal void Unbind()
    {
        if (Target >= 0)
        {
            Pool.Servers[Target].Balancing.EndWait();
            Target = -1;
        }
    }

    // A wake-up may come late: to a flow that went on without it, and may wait again. While the outcome is open it is not meant.
    private void Wake()
    {
        if (Outcome != QueueOutcome.Waiting)
        {
            _wait.Resume(WaitResult.Ready);
        }
    }
}
