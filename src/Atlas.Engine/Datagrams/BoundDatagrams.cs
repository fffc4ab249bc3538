using Atlas.Engine.Streams;
using Atlas.Engine.Workers;

namespace Atlas.Engine.Datagrams;

/// <summary>An address that the workers of a group receive datagrams at, each with a socket of its own. The kernel gives what
/// comes from one address and port to the same worker each time, as long as the sockets stay.</summary>
public sealed class BoundDatagrams : IBoundAddress
{
    private readonly WorkerGroup _group;
    private readonly DatagramSocket?[] _sockets;
    private int _closed;

    /// <summary>Hands the sockets to the workers, and takes those that it handed on out of the list.</summary>
    /// <exception cref="IOException">A worker is ending, its mailbox stays full, or it has no memory.</exception>
    internal BoundDatagrams(
        WorkerGroup group, SocketAddress address, List<int> descriptors, IDatagramServer server, bool isHeld = false)
    {
        _group = group;
        Address = address;
        Descriptors = [.. descriptors];
        _sockets = new DatagramSocket?[descriptors.Count];
        var bound = DatagramAddress.Of(address);
        while (descriptors.Count > 0)
        {
            int index = descriptors.Count - 1;
            int descriptor = descriptors[index];
            Worker worker = group.WorkerOf(index);
            if (!worker.PostSurely(() => _sockets[index] = Open(worker, descriptor, server, bound, isHeld)))
            {
                Close();
                throw new IOException($"cannot listen on {address}: worker {worker.Index} takes no more work");
            }

            // From here on the descriptor is the socket's.
            descriptors.RemoveAt(index);
        }
    }

    /// <inheritdoc/>
    public SocketAddress Address { get; }

    /// <inheritdoc/>
    public IReadOnlyList<int> Descriptors { get; }

    /// <summary>Receives nothing for now; answers still leave.</summary>
    public void Hold() => Each(socket => socket.Hold());

    /// <inheritdoc/>
    public void Resume() => Each(socket => socket.Resume());

    /// <summary>Tells the handlers of the sockets to take nothing new and to close them when nothing is under way: answers leave
    /// from the address until then. Returns before the workers have done it. Idempotent.</summary>
    public void Close() => End(isLetGo: false);

    /// <summary>The same where another process receives what comes from now on.</summary>
    public void LetGo() => End(isLetGo: true);

    private void End(bool isLetGo)
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0)
        {
            return;
        }

        Each(socket =>
        {
            if (isLetGo)
            {
                socket.Hold();
            }

            socket.Handler.OnClosing(socket);
        });
    }

    private void Each(Action<DatagramSocket> action) => _group.Each(_sockets, socket =>
    {
        if (socket.IsOpen)
        {
            action(socket);
        }
    });

    private static DatagramSocket? Open(Worker worker, int descriptor, IDatagramServer server, DatagramAddress bound, bool isHeld)
    {
        var socket = DatagramSocket.Of(worker, null!);
        socket.Handler = server.Open(worker, socket, bound);
        if (socket.Take(descriptor, isHeld) < 0)
        {
            // Out of memory, or past fs.epoll.max_user_watches: the other workers' sockets get what comes.
            Socket.Close(descriptor);
            socket.Handler.OnEnded(socket);
            return null;
        }

        return socket;
    }
}
