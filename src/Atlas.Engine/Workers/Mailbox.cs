namespace Atlas.Engine.Workers;

/// <summary>A bounded queue of work for one loop, filled from any thread and emptied by the loop.</summary>
internal sealed class Mailbox(int capacity)
{
    private readonly Lock _gate = new();
    private Queue<Action> _incoming = new();
    private Queue<Action> _outgoing = new();
    private bool _closed;

    /// <summary>Adds work. <paramref name="wake"/> says whether the loop must be woken: it was empty before.</summary>
    internal bool TryAdd(Action action, out bool wake)
    {
        lock (_gate)
        {
            wake = false;
            if (_closed || _incoming.Count >= capacity)
            {
                return false;
            }

            wake = _incoming.Count == 0;
            _incoming.Enqueue(action);
            return true;
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
