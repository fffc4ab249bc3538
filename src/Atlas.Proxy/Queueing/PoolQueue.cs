using Atlas.Engine.Workers;
using Atlas.Proxy.Snapshots;

namespace Atlas.Proxy.Queueing;

/// <summary>
/// The requests of one pool that wait for a server with room, over all workers: first come, first served. It belongs to the
/// pool across reloads.
/// <para>Who frees a slot hands it on: it begins the oldest request that the slot suits at the server, and only then wakes it, so
/// that nobody who comes in between takes it. While somebody waits, new requests come behind. A request that may not go
/// everywhere (it failed at some servers, or is bound to one) lets others pass that take what it cannot.</para>
/// <para>A lock guards the list. It is taken only when no server had room or somebody waits, for the few hundred nanoseconds that a
/// choice takes: a request that waits costs milliseconds anyway, and an order over all workers that nobody can overtake needs
/// one place where it is decided. Without waiters the queue is one read of a number.</para>
/// </summary>
public sealed class PoolQueue
{
    private readonly Lock _gate = new();
    private readonly QueueRoom _room = new();
    private readonly WaiterList _waiters = new();
    private PoolSnapshot? _pool;
    private bool _isClosed;
    private long _entered;
    private long _refused;
    private long _timedOut;

    /// <summary>Requests that wait. Any thread.</summary>
    public int Length => _waiters.Length;

    /// <summary>Requests that waited so far. Any thread.</summary>
    public long Entered => Volatile.Read(ref _entered);

    /// <summary>Requests that found the queue full. Any thread.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>Requests that waited in vain. Any thread.</summary>
    public long TimedOut => Volatile.Read(ref _timedOut);

    internal bool IsEmpty => Length == 0;

    /// <summary>Takes a server, or a place behind those who wait.</summary>
    /// <param name="waiter">The request, whose exchange has its pool.</param>
    /// <param name="target">The only server that it wants, by its place in that pool; -1: any.</param>
    /// <param name="loop">The loop of the calling thread.</param>
    /// <returns>The outcome; <see cref="QueueOutcome.Waiting"/>: the request has to wait until it is woken, and to
    /// <see cref="Leave"/> if it does not.</returns>
    internal QueueOutcome Enter(QueueWaiter waiter, int target, EventLoop loop)
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                return waiter.Outcome = QueueOutcome.NoServer;
            }

            waiter.BindTo(target);
            _pool ??= waiter.Pool;
            if (_pool != waiter.Pool)
            {
                waiter.MoveTo(_pool);
            }

            // Whoever frees a slot from here on sees that somebody waits. What was free before is seen below.
            waiter.Outcome = QueueOutcome.Waiting;
            _waiters.Add(waiter);
            Serve(loop, entering: waiter);
            if (waiter.Outcome == QueueOutcome.Waiting && !waiter.HasHope)
            {
                Remove(waiter, QueueOutcome.NoServer);
            }
            else if (waiter.Outcome == QueueOutcome.Waiting && Length > waiter.Pool.QueueLimit)
            {
                Remove(waiter, QueueOutcome.Refused);
                Volatile.Write(ref _refused, _refused + 1);
            }
            else if (waiter.Outcome == QueueOutcome.Waiting)
            {
                Volatile.Write(ref _entered, _entered + 1);
            }

            return waiter.Outcome;
        }
    }

    /// <summary>Ends a wait that was not woken. Idempotent.</summary>
    /// <param name="waiter">The request.</param>
    /// <param name="outcome">Why it ends.</param>
    /// <returns>The outcome that holds: it may have got a server meanwhile.</returns>
    internal QueueOutcome Leave(QueueWaiter waiter, QueueOutcome outcome)
    {
        lock (_gate)
        {
            if (waiter.Outcome == QueueOutcome.Waiting)
            {
                Remove(waiter, outcome);
                Volatile.Write(ref _timedOut, _timedOut + (outcome == QueueOutcome.TimedOut ? 1 : 0));
            }

            return waiter.Outcome;
        }
    }

    /// <summary>Gives room to those who wait, the oldest first. To be called when a slot was freed; without waiters it does
    /// nothing. Any thread; O(servers), and O(waiters) if a server has room.</summary>
    /// <param name="caller">The loop of the calling thread; null: it is none's.</param>
    internal void Serve(EventLoop? caller)
    {
        if (IsEmpty)
        {
            return;
        }

        lock (_gate)
        {
            Serve(caller, entering: null);
        }
    }

    /// <summary>Takes that servers came up, may take more or less, or were taken out of use: gives room to those who wait, and
    /// tells those whom the operator left no server. Any thread; O(waiters * servers).</summary>
    internal void Review()
    {
        lock (_gate)
        {
            ReviewAll();
        }
    }

    /// <summary>Takes a new snapshot of the pool, to whose servers those who wait go from now on.</summary>
    internal void Adopt(PoolSnapshot pool)
    {
        lock (_gate)
        {
            _pool = pool;
            for (QueueWaiter? waiter = _waiters.Oldest; waiter is not null; waiter = waiter.Next)
            {
                waiter.MoveTo(pool);
            }

            ReviewAll();
        }
    }

    /// <summary>The pool is gone: who waits is told so, and nobody will wait any more.</summary>
    internal void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            while (_waiters.Oldest is QueueWaiter waiter)
            {
                Remove(waiter, QueueOutcome.NoServer);
                waiter.Post(caller: null);
            }
        }
    }

    private void ReviewAll()
    {
        QueueWaiter? next;
        for (QueueWaiter? waiter = _waiters.Oldest; waiter is not null; waiter = next)
        {
            next = waiter.Next;
            waiter.UnbindIfLost();
            if (!waiter.MayStay)
            {
                Remove(waiter, QueueOutcome.NoServer);
                waiter.Post(caller: null);
            }
        }

        Serve(caller: null, entering: null);
    }

    // As above, under the lock. Who just enters needs no waking.
    private void Serve(EventLoop? caller, QueueWaiter? entering)
    {
        if (_waiters.Oldest is null)
        {
            return;
        }

        _room.Find(_waiters.Oldest.Pool);
        QueueWaiter? next;
        for (QueueWaiter? waiter = _waiters.Oldest; waiter is not null && _room.IsAny; waiter = next)
        {
            next = waiter.Next;
            if (!_room.Suits(waiter))
            {
                continue;
            }

            int index = waiter.TryBegin();
            if (index >= 0)
            {
                waiter.Server = index;
                Remove(waiter, QueueOutcome.Granted);
                _room.Take(index);
                if (waiter != entering)
                {
                    waiter.Post(caller);
                }
            }
            else if (!waiter.IsChoosy)
            {
                // Nor is there anything for those behind, but where they alone may go.
                _room.CloseRoster();
            }
        }
    }

    private void Remove(QueueWaiter waiter, QueueOutcome outcome)
    {
        _waiters.Remove(waiter);
        waiter.Unbind();
        waiter.Outcome = outcome;
    }
}
