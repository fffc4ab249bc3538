using Atlas.Engine.Streams;

namespace Atlas.Engine.Workers;

/// <summary>An address that a <see cref="WorkerGroup"/> listens on.</summary>
public sealed class BoundAddress
{
    private readonly WorkerGroup _group;
    private readonly Listener?[] _listeners;

    internal BoundAddress(WorkerGroup group, SocketAddress address, List<int> descriptors, ListenOptions options)
    {
        _group = group;
        Address = address;
        Options = options;
        _listeners = new Listener?[descriptors.Count];
        for (int i = 0; i < descriptors.Count; i++)
        {
            int index = i;
            Worker worker = group.Workers[index];
            worker.TryPost(() => _listeners[index] = new Listener(worker, group, options, descriptors[index]));
        }
    }

    /// <summary>Where it listens.</summary>
    public SocketAddress Address { get; }

    /// <summary>The options and counters.</summary>
    public ListenOptions Options { get; }

    /// <summary>Stops listening; connections go on. Returns before the workers have done it.</summary>
    public void Close()
    {
        for (int i = 0; i < _listeners.Length; i++)
        {
            int index = i;
            _group.Workers[index].TryPost(() =>
            {
                _listeners[index]?.Close();
                _listeners[index] = null;
            });
        }

        if (Address.IsUnix)
        {
            Socket.Unlink(Address.ToString()["unix:".Length..]);
        }
    }
}
