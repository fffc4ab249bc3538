using Atlas.Engine.Interop;
using Atlas.Engine.Streams;
using static Atlas.Engine.Interop.LinuxConstants;

namespace Atlas.Engine.Workers;

/// <summary>The workers of a process. Safe to use from any thread.</summary>
public sealed class WorkerGroup : IDisposable
{
    private readonly Worker[] _workers;

    /// <summary>Makes and starts workers.</summary>
    /// <param name="count">How many, at least 1.</param>
    /// <param name="bufferLimitBytes">The upper bound of the buffers of all together.</param>
    public WorkerGroup(int count, long bufferLimitBytes = 1L << 30)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        _workers = [.. Enumerable.Range(0, count).Select(i => new Worker(i, bufferLimitBytes / count))];
        foreach (Worker worker in _workers)
        {
            worker.Start();
        }
    }

    /// <summary>The workers.</summary>
    public IReadOnlyList<Worker> Workers => _workers;

    /// <summary>Listens on an address with one SO_REUSEPORT socket per worker. A unix path is bound once and served by the
    /// first worker's socket, which hands connections on.</summary>
    /// <returns>The bound address (with the port that the kernel chose, where 0 was asked for).</returns>
    /// <exception cref="IOException">The address can't be bound; the message says why.</exception>
    public BoundAddress Listen(SocketAddress address, ListenOptions options)
    {
        var descriptors = new List<int>();
        try
        {
            SocketAddress bound = address;
            int count = address.IsUnix ? 1 : _workers.Length;
            for (int i = 0; i < count; i++)
            {
                descriptors.Add(OpenListening(bound, options.Backlog));
                bound = address.IsUnix ? address : Socket.LocalAddress(descriptors[0]);
            }

            return new BoundAddress(this, bound, descriptors, options);
        }
        catch
        {
            descriptors.ForEach(Socket.Close);
            throw;
        }
    }

    /// <summary>Ends all workers and waits for their threads.</summary>
    public void Dispose()
    {
        foreach (Worker worker in _workers)
        {
            worker.Dispose();
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

    private static int OpenListening(SocketAddress address, int backlog)
    {
        int descriptor = Socket.Open(address);
        int result = descriptor;
        if (result >= 0 && !address.IsUnix)
        {
            Socket.SetOption(descriptor, SOL_SOCKET, SO_REUSEADDR, 1);
            result = Socket.SetOption(descriptor, SOL_SOCKET, SO_REUSEPORT, 1);
        }

        if (result >= 0)
        {
            result = Socket.Bind(descriptor, address);
        }

        if (result >= 0)
        {
            result = Socket.Listen(descriptor, backlog);
        }

        if (result < 0)
        {
            if (descriptor >= 0)
            {
                Socket.Close(descriptor);
            }

            throw new IOException($"cannot listen on {address}: {Errno.Text(result)}");
        }

        return descriptor;
    }
}
