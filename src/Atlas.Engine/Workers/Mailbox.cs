namespace Atlas.Engine.Workers;

/// <summary>A bounded queue of work for one loop, filled from any thread and emptied by the loop.</summary>
/// <param name="capacity">How much may wait.</param>
/// <param name="wake">Wakes the loop. Called under the gate and never after <see cref="Close"/>, so that what it writes
/// to may be closed then; must not block.</param>
internal sealed class Mailbox(int capacity, Action wake)
{
    private readonly Lock _gate = new();
    private Queue<Action> _incoming = new();
    private Queue<Action> _outgoing = new();
    private bool _closed;

    /// <summary>Whether work is refused for good.</summary>
    internal bool IsClosed
    {
        get
        {
            lock (_gate)
            {
                return _closed;
            }
        }
    }

    /// <summary>Adds work, and wakes the loop if nothing was waiting before.</summary>
    /// <returns>False when it is full or closed.</returns>
    internal bool TryAdd(Action action)
    {
        lock (_gate)
        {
            if (_closed || _incoming.Count >= capacity)
            {
                return false;
            }

            _incoming.Enqueue(action);
            if (_incoming.Count == 1)
            {
                wake();
            }

            return true;
        }
    }

    /// <summary>Wakes the loop without work.</summary>
    internal void Wake()
    {
        lock (_gate)
        {
            if (!_closed)
            {
                wake();
            }
        }
    }

    /// <summary>Runs what is there; work added meanwhile waits for the next turn.</summary>
    internal void Drain()
    {
        lock (_gate)
        {
            (_incoming, _outgoing) = (_outgoing, _incoming);
        }

        while (_outgoing.TryDequeue(out Action? action))
        {
            action();
        }
    }

    /// <summary>Refuses work from now on, and runs what came before.</summary>
    internal void Close()
    {
        lock (_gate)
        {
            _closed = true;
        }

        Drain();
    }
}
