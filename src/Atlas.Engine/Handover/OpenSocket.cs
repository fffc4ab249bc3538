using Atlas.Engine.Streams;
using Atlas.Engine.Workers;
using static Atlas.Engine.Interop.LinuxConstants;

namespace Atlas.Engine.Handover;

/// <summary>A bound socket that belongs to whoever has this object, until a listener takes it. Any thread; one at a time.</summary>
public sealed class OpenSocket
{
    private OpenSocket(int descriptor)
    {
        Descriptor = descriptor;
        Address = Socket.LocalAddress(descriptor);
        IsDatagram = Socket.Option(descriptor, SOL_SOCKET, SO_TYPE) == SOCK_DGRAM;
    }

    /// <summary>Its number in this process.</summary>
    public int Descriptor { get; private set; }

    /// <summary>What it is bound to.</summary>
    public SocketAddress Address { get; }

    /// <summary>Whether it receives datagrams, and does not accept connections.</summary>
    public bool IsDatagram { get; }

    /// <summary>Binds and listens for connections.</summary>
    /// <param name="address">Where; nobody may listen there. A socket file that a dead process left behind is replaced.</param>
    /// <param name="backlog">The kernel's queue of connections not yet accepted.</param>
    /// <param name="takesIpv4">Whether <c>[::]</c> takes IPv4 as well.</param>
    /// <exception cref="IOException">The message says why not.</exception>
    public static OpenSocket Listen(SocketAddress address, int backlog, bool takesIpv4 = false) =>
        new(ListeningSocket.Open(address, backlog, isFirst: true, takesIpv4: takesIpv4));

    /// <summary>Takes a descriptor that came from another process: one of IP or unix that listens or is bound for datagrams. Programs
    /// that are started do not inherit it from here.</summary>
    /// <returns>Null: it is nothing of the kind, and is left alone.</returns>
    public static OpenSocket? TryTake(int descriptor)
    {
        SocketAddress address = Socket.LocalAddress(descriptor);
        bool isUsable = Socket.Option(descriptor, SOL_SOCKET, SO_TYPE) switch
        {
            SOCK_STREAM => Socket.Option(descriptor, SOL_SOCKET, SO_ACCEPTCONN) != 0,
            SOCK_DGRAM => !address.IsUnix && address.Port != 0,
            _ => false,
        };
        if (!isUsable || address.Family is not (AF_INET or AF_INET6 or AF_UNIX))
        {
            return null;
        }

        // What a process left that was killed while it had no new connections come.
        ConnectionFilter.Remove(descriptor);
        Socket.MakeOwn(descriptor);
        return new OpenSocket(descriptor);
    }

    /// <summary>Removes the file of a unix socket, if it is one.</summary>
    public static void RemovePath(SocketAddress address)
    {
        if (address.IsUnix)
        {
            Socket.Unlink(address.UnixPath);
        }
    }

    /// <summary>Gives the descriptor to the caller.</summary>
    public int Release()
    {
        int descriptor = Descriptor;
        Descriptor = -1;
        return descriptor;
    }

    /// <summary>Closes it in this process. Idempotent; without effect once it was released.</summary>
    public void Close()
    {
        if (Descriptor >= 0)
        {
            Socket.Close(Release());
        }
    }
}
