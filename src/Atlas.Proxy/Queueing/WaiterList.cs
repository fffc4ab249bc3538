namespace Atlas.Proxy.Queueing;

/// <summary>The requests that wait, in the order of their coming, linked through themselves so that nothing is allocated and
/// each may leave from anywhere in O(1). Under the queue's lock but for <see cref="Length"/>.</summary>
internal sealed class WaiterList
{
    private QueueWaiter? _newest;
    private int _length;

    /// <summary>Who has waited longest; null: nobody waits.</summary>
    internal QueueWaiter? Oldest { get; private set; }

    /// <summary>How many wait. Any thread.</summary>
    internal int Length => Volatile.Read(ref _length);

    /// <summary>Adds one behind all others.</summary>
    internal void Add(QueueWaiter waiter)
    {
        waiter.Previous = _newest;
        if (_newest is null)
        {
            Oldest = waiter;
        }
        else
        {
            _newest.Next = waiter;
        }

        _newest = waiter;
        Interlocked.Increment(ref _length);
    }

    /// <summary>Removes one that is in the list.</summary>
    internal void Remove(QueueWaiter waiter)
    {
        if (waiter.Previous is null)
        {
            Oldest = waiter.Next;
        }
        else
        {
            waiter.Previous.Next = waiter.Next;
        }

        if (waiter.Next is null)
        {
            _newest = waiter.Previous;
        }
        else
        {
            waiter.Next.Previous = waiter.Previous;
        }

        waiter.Next = null;
        waiter.Previous = null;
        Interlocked.Decrement(ref _length);
    }
}
