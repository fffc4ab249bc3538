using System.Collections.Frozen;
using System.Net;
using Atlas.Engine.Datagrams;
using Atlas.Engine.Handover;
using Atlas.Engine.Streams;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Engine.Workers;

/// <summary>The workers of a process. Safe to use from any thread.</summary>
public sealed class WorkerGroup : IDisposable
{
    private readonly Worker[] _workers;
    private readonly Lock _gate = new();
    private readonly HashSet<BoundAddress> _bound = [];

    /// <summary>Makes and starts workers.</summary>
    /// <param name="count">How many, at least 1.</param>
    /// <param name="bufferLimitBytes">The upper bound of the buffers of all together.</param>
    /// <exception cref="IOException">The system has no descriptors or memory left.</exception>
    public WorkerGroup(int count, long bufferLimitBytes = 1L << 30)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var workers = new List<Worker>(count);
        try
        {
            while (workers.Count < count)
            {
                workers.Add(new Worker(workers.Count, bufferLimitBytes / count));
            }
        }
        catch
        {
            workers.ForEach(worker => worker.Dispose());
            throw;
        }

        _workers = [.. workers];
        foreach (Worker worker in _workers)
        {
            worker.Start();
        }
    }

    /// <summary>The workers.</summary>
    public IReadOnlyList<Worker> Workers => _workers;

    /// <summary>Addresses that the host gets and loses while the process runs, such as those that move between hosts: they can be
    /// listened on while no interface has them. Set before an address is listened on.</summary>
    public IReadOnlySet<IPAddress> MovingAddresses { get; set; } = FrozenSet<IPAddress>.Empty;

    /// <summary>The addresses that are listened on at this moment.</summary>
    internal IReadOnlyList<BoundAddress> Bound
    {
        get
        {
            lock (_gate)
            {
                return [.. _bound];
            }
        }
    }

    /// <summary>Listens on an address with one SO_REUSEPORT socket per worker. A unix path is bound once and served by the
    /// first worker's socket, which hands connections on; a socket file that a dead process left behind is replaced.</summary>
    /// <param name="address">Where.</param>
    /// <param name="options">How.</param>
    /// <param name="takesOver">Whether this group listens there already, and will not for long: connections go to the one or the other
    /// until the caller closes that one. Not for unix paths.</param>
    /// <returns>The bound address (with the port that the kernel chose, where 0 was asked for).</returns>
    /// <exception cref="IOException">The address can't be bound; the message says why.</exception>
    public BoundAddress Listen(SocketAddress address, ListenOptions options, bool takesOver = false)
    {
        var descriptors = new List<int>();
        try
        {
            SocketAddress bound = address;
            int count = address.IsUnix ? 1 : _workers.Length;
            for (int i = 0; i < count; i++)
            {
                descriptors.Add(ListeningSocket.Open(bound, options.Backlog, isFirst: i == 0 && !takesOver, MovingAddresses));
                bound = address.IsUnix ? address : Socket.LocalAddress(descriptors[0]);
            }

            var result = new BoundAddress(this, bound, descriptors, options);
            lock (_gate)
            {
                _bound.Add(result);
            }

            return result;
        }
        catch
        {
            descriptors.ForEach(Socket.Close);
            throw;
        }
    }

    /// <summary>Listens on sockets of an address that another process has bound, and may serve as well. Where there are more than
    /// workers, some have several; where there are fewer, the others get connections handed over.</summary>
    /// <param name="sockets">At least one; they belong to the address from here on, and are closed where this fails.</param>
    /// <param name="options">How.</param>
    /// <param name="isHeld">Whether nothing is accepted before <see cref="BoundAddress.Resume"/>.</param>
    /// <exception cref="IOException">A worker is ending, or its mailbox stays full.</exception>
    public BoundAddress Listen(IReadOnlyList<OpenSocket> sockets, ListenOptions options, bool isHeld)
    {
        SocketAddress address = sockets[0].Address;
        List<int> descriptors = Release(sockets);
        descriptors.ForEach(descriptor => Socket.SetConnectionOptions(descriptor, address));
        try
        {
            var result = new BoundAddress(this, address, descriptors, options, isHeld);
            lock (_gate)
            {
                _bound.Add(result);
            }

            return result;
        }
        catch
        {
            descriptors.ForEach(Socket.Close);
            throw;
        }
    }

    /// <summary>Receives datagrams at sockets of an address that another process has bound, and may serve as well. Where there are fewer
    /// than workers, the others get none.</summary>
    /// <param name="sockets">At least one; they belong to the address from here on, and are closed where this fails.</param>
    /// <param name="server">Serves them.</param>
    /// <param name="isHeld">Whether nothing is received before <see cref="BoundDatagrams.Resume"/>.</param>
    /// <exception cref="IOException">A worker is ending, or its mailbox stays full.</exception>
    public BoundDatagrams BindDatagrams(IReadOnlyList<OpenSocket> sockets, IDatagramServer server, bool isHeld)
    {
        SocketAddress address = sockets[0].Address;
        List<int> descriptors = Release(sockets);
        descriptors.ForEach(descriptor => DatagramBinding.Prepare(descriptor, address));
        try
        {
            return new BoundDatagrams(this, address, descriptors, server, isHeld);
        }
        catch
        {
            descriptors.ForEach(Socket.Close);
            throw;
        }
    }

    /// <summary>Receives datagrams at an address with one SO_REUSEPORT socket per worker.</summary>
    /// <returns>The bound address (with the port that the kernel chose, where 0 was asked for).</returns>
    /// <exception cref="IOException">The address can't be bound; the message says why.</exception>
    public BoundDatagrams BindDatagrams(SocketAddress address, IDatagramServer server)
    {
        var descriptors = new List<int>();
        try
        {
            SocketAddress bound = address;
            for (int i = 0; i < _workers.Length; i++)
            {
                descriptors.Add(DatagramBinding.Open(bound, isFirst: i == 0, MovingAddresses));
                bound = Socket.LocalAddress(descriptors[0]);
            }

            return new BoundDatagrams(this, bound, descriptors, server);
        }
        catch
        {
            descriptors.ForEach(Socket.Close);
            throw;
        }
    }

    /// <summary>Waits until the workers have done what they were told before, such as to close an address. Not on a worker's
    /// thread.</summary>
    /// <param name="timeoutMs">How long at most, in milliseconds.</param>
    /// <returns>Whether they have.</returns>
    public bool Settle(int timeoutMs)
    {
        var settled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int left = _workers.Length;
        foreach (Worker worker in _workers)
        {
            if (!worker.PostSurely(OneHas))
            {
                OneHas();
            }
        }

        return settled.Task.Wait(timeoutMs);

        void OneHas()
        {
            if (Interlocked.Decrement(ref left) == 0)
            {
                settled.SetResult();
            }
        }
    }

    /// <summary>Stops listening, resets what is open, ends all workers and waits for their threads.</summary>
    public void Dispose()
    {
        foreach (BoundAddress bound in Bound)
        {
            bound.Close();
        }

        foreach (Worker worker in _workers)
        {
            worker.Dispose();
        }
    }

    /// <summary>The worker that has a socket of an address: they go round.</summary>
    /// <param name="index">The socket's number in the address.</param>
    internal Worker WorkerOf(int index) => _workers[index % _workers.Length];

    /// <summary>Has the worker of each socket of an address do something with it, where it is there by then. Returns before they
    /// have.</summary>
    internal void Each<T>(T?[] sockets, Action<T> action)
        where T : class
    {
        for (int i = 0; i < sockets.Length; i++)
        {
            int index = i;
            WorkerOf(index).PostSurely(() =>
            {
                if (sockets[index] is { } socket)
                {
                    action(socket);
                }
            });
        }
    }

    /// <summary>Forgets an address that closes, and with it all that its connections were served by.</summary>
    internal void Forget(BoundAddress bound)
    {
        lock (_gate)
        {
            _bound.Remove(bound);
        }
    }

    /// <summary>Who should serve a connection that <paramref name="own"/> accepted: itself unless another has clearly
    /// fewer. The slack of an eighth keeps short connections from travelling.</summary>
    internal Worker LeastLoaded(Worker own)
    {
        Worker least = own;
        int fewest = own.Connections - (own.Connections / 8);
        foreach (Worker worker in _workers)
        {
            if (worker.Connections < fewest)
            {
                least = worker;
                fewest = worker.Connections;
            }
        }

        return least;
    }

    private static List<int> Release(IReadOnlyList<OpenSocket> sockets)
    {
        ArgumentOutOfRangeException.ThrowIfZero(sockets.Count);
        return [.. sockets.Select(socket => socket.Release())];
    }
}
