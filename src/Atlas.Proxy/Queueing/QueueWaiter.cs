using Atlas.Core.Balancing;
using Atlas.Core.Health;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Engine.Workers;
using Atlas.Proxy.Affinity;
using Atlas.Proxy.Snapshots;

namespace Atlas.Proxy.Queueing;

/// <summary>The place in a <see cref="PoolQueue"/> of a request, or of a connection that is passed on unread; part of it and reused
/// with it. While it waits, whatever is not said to belong to its loop is changed under the queue's lock only, and so is what it
/// says of pool and tried servers.</summary>
internal sealed class QueueWaiter
{
    private readonly IServerSeeker _seeker;
    private readonly EventLoop _loop;
    private readonly LoopWait _wait;
    private readonly Action _wake;
    private readonly Continuation _wakeLater;
    private int _outcome;

    /// <summary>Makes a place.</summary>
    /// <param name="seeker">Whose.</param>
    /// <param name="loop">Its loop.</param>
    internal QueueWaiter(IServerSeeker seeker, EventLoop loop)
    {
        _seeker = seeker;
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

    /// <summary>The place of the server that has begun the request, in its pool.</summary>
    internal int Server { get; set; }

    /// <summary>The only server that it waits for, by its place in the pool; -1: any.</summary>
    internal int Target { get; set; } = -1;

    /// <summary>The pool that it waits in, as of the latest snapshot.</summary>
    internal PoolSnapshot Pool => _seeker.Pool!;

    /// <summary>Whether a server may take others but not this one.</summary>
    internal bool IsChoosy => Target >= 0 || !_seeker.Tried.IsEmpty;

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
    internal bool HasTried(int server) => _seeker.Tried.Contains(server);

    /// <summary>Draws of the choice of its server are made of these.</summary>
    internal ulong Random { get; set; }

    /// <summary>Takes a server of its pool, or waits in the pool's queue until there is one, the pool's time is up or
    /// <see cref="Cancel"/>. A reload meanwhile may change the pool. On its loop.</summary>
    /// <param name="target">The only server that it wants, by its place in the pool; -1: any.</param>
    /// <param name="random">64 random bits for the choice.</param>
    /// <returns>Anything but <see cref="QueueOutcome.Waiting"/>.</returns>
    internal async ResultFlow<QueueOutcome> EnterAsync(int target, ulong random)
    {
        PoolQueue queue = Pool.Queue;
        Random = random;
        QueueOutcome outcome = queue.Enter(this, target, _loop);
        if (outcome != QueueOutcome.Waiting)
        {
            return outcome;
        }

        return await _wait.Begin(_loop.NowMs + Pool.QueueTimeoutMs) switch
        {
            WaitResult.Ready => Outcome,
            WaitResult.TimedOut => queue.Leave(this, QueueOutcome.TimedOut),
            WaitResult.Cancelled => queue.Leave(this, QueueOutcome.Left),
            _ => throw new InvalidOperationException("unknown end of a wait"),
        };
    }

    /// <summary>Ends the wait, as the client has left. On its loop.</summary>
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

        pool.TryBegin(_seeker.PickFor(Random, _loop.NowUs), out int index);
        return index;
    }

    /// <summary>Waits in another snapshot of its pool from now on.</summary>
    internal void MoveTo(PoolSnapshot pool)
    {
        ServerState? target = Target >= 0 ? Pool.Servers[Target] : null;
        Unbind();
        _seeker.MoveTo(pool);
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
