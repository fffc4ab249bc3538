using Atlas.Engine.Streams;

namespace Atlas.Engine.Workers;

/// <summary>An address that a <see cref="WorkerGroup"/> listens on. Its sockets go round the workers: each has one, as far as they
/// go.</summary>
public sealed class BoundAddress : IBoundAddress
{
    private readonly WorkerGroup _group;
    private readonly Listener?[] _listeners;
    private int _closed;

    /// <summary>Hands the sockets to the workers, and takes those that it handed on out of the list.</summary>
    /// <exception cref="IOException">A worker is ending, or its mailbox stays full.</exception>
    internal BoundAddress(WorkerGroup group, SocketAddress address, List<int> descriptors, ListenOptions options, bool isHeld = false)
    {
        _group = group;
        Address = address;
        Options = options;
        Descriptors = [.. descriptors];
        _listeners = new Listener?[descriptors.Count];
        while (descriptors.Count > 0)
        {
            int index = descriptors.Count - 1;
            int descriptor = descriptors[index];
            Worker worker = group.WorkerOf(index);
            if (!worker.PostSurely(() => _listeners[index] = new Listener(worker, group, options, descriptor, isHeld)))
            {
                Close();
                throw new IOException($"cannot listen on {address}: worker {worker.Index} takes no more work");
            }

            // From here on the descriptor is the listener's.
            descriptors.RemoveAt(index);
        }
    }

    /// <summary>Where it listens.</summary>
    public SocketAddress Address { get; }

    /// <summary>The options and counters.</summary>
    public ListenOptions Options { get; }

    /// <inheritdoc/>
    public IReadOnlyList<int> Descriptors { get; }

    /// <summary>Leaves clients that want to connect from now on without an answer, so that they ask again, a second later as a rule, when
    /// the address may be another host's. What the kernel has begun to accept goes on. For good; not for unix paths.</summary>
    public void HoldOff() => Each(listener => listener.HoldOff());

    /// <inheritdoc/>
    public void Hold() => Each(listener => listener.Hold());

    /// <inheritdoc/>
    public void Resume() => Each(listener => listener.Resume());

    /// <summary>Stops listening; connections go on. Returns before the workers have done it. Idempotent.</summary>
    public void Close()
    {
        if (TryEnd())
        {
            if (Address.IsUnix)
            {
                Socket.Unlink(Address.UnixPath);
            }

            Each(listener => listener.Close());
        }
    }

    /// <inheritdoc/>
    public void LetGo()
    {
        if (TryEnd())
        {
            Each(listener => listener.LetGo());
        }
    }

    private bool TryEnd()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0)
        {
            return false;
        }

        _group.Forget(this);
        return true;
    }

    private void Each(Action<Listener> action) => _group.Each(_listeners, action);
}
