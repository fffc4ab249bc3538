using System.Net;
using Atlas.Engine.Interop;
using Atlas.Engine.Streams;
using static Atlas.Engine.Interop.LinuxConstants;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Engine.Workers;

/// <summary>Opens listening sockets.</summary>
internal static class ListeningSocket
{
    /// <summary>Binds and listens.</summary>
    /// <param name="address">Where.</param>
    /// <param name="backlog">The kernel's queue of connections not yet accepted.</param>
    /// <param name="isFirst">Whether nobody may listen there yet. The first socket of an address is bound without
    /// SO_REUSEPORT, so that one that somebody else holds is an error and its connections are not shared by chance.</param>
    /// <param name="moving">Addresses that the host need not have yet; null: none.</param>
    /// <param name="takesIpv4">Whether <c>[::]</c> takes IPv4 as well.</param>
    /// <returns>The descriptor.</returns>
    /// <exception cref="IOException">The message says why not.</exception>
    internal static int Open(SocketAddress address, int backlog, bool isFirst, IReadOnlySet<IPAddress>? moving = null, bool takesIpv4 = false)
    {
        int descriptor = Socket.Open(address);
        int result = descriptor;
        if (result >= 0)
        {
            AbsentAddress.Allow(descriptor, address, moving);
            result = address.IsUnix ? BindUnix(descriptor, address) : BindIp(descriptor, address, isFirst, takesIpv4);
            if (result >= 0)
            {
                result = Socket.Listen(descriptor, backlog);
            }

            if (result < 0)
            {
                Socket.Close(descriptor);
            }
        }

        return result >= 0 ? descriptor : throw new IOException($"cannot listen on {address}: {Reason(address, result, moving)}");
    }

    private static int BindIp(int descriptor, SocketAddress address, bool isFirst, bool takesIpv4)
    {
        // Without it a restart fails while connections of the process before are in TIME_WAIT.
        Socket.SetOption(descriptor, SOL_SOCKET, SO_REUSEADDR, 1);
        if (address.Family == AF_INET6)
        {
            // For clients [::] takes IPv6 only, whatever the system's default is, so that 0.0.0.0 may stand beside it.
            Socket.SetOption(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, takesIpv4 ? 0 : 1);
        }

        // Accepted sockets inherit these, which saves calls for each.
        Socket.SetConnectionOptions(descriptor, address);
        int result = isFirst ? Socket.Bind(descriptor, address) : 0;
        if (result >= 0)
        {
            result = Socket.SetOption(descriptor, SOL_SOCKET, SO_REUSEPORT, 1);
        }

        return result >= 0 && !isFirst ? Socket.Bind(descriptor, address) : result;
    }

    private static int BindUnix(int descriptor, SocketAddress address)
    {
        int result = Socket.Bind(descriptor, address);
        if (result == -Errno.EADDRINUSE && IsStale(address))
        {
            Socket.Unlink(address.UnixPath);
            result = Socket.Bind(descriptor, address);
        }

        return result;
    }

    /// <summary>Whether a path is a socket that nobody listens on: its process died without taking it away.</summary>
    private static bool IsStale(SocketAddress address)
    {
        int probe = Socket.IsSocket(address.UnixPath) ? Socket.Open(address) : -1;
        if (probe < 0)
        {
            return false;
        }

        int result = Socket.Connect(probe, address);
        Socket.Close(probe);
        return result == -Errno.ECONNREFUSED;
    }

    private static string Reason(SocketAddress address, int error, IReadOnlySet<IPAddress>? moving) =>
        error == -Errno.EADDRNOTAVAIL ? AbsentAddress.Reason(moving)
        : error != -Errno.EADDRINUSE ? Errno.Text(error)
        : !address.IsUnix ? "another process, or another listener of this one, has it (address already in use)"
        : Socket.IsSocket(address.UnixPath) ? "a live process listens there (address already in use)"
        : "the path exists and is not a socket; remove it or choose another (address already in use)";
}
