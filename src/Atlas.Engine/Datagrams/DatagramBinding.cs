using System.Net;
using Atlas.Engine.Interop;
using Atlas.Engine.Streams;
using Atlas.Engine.Workers;
using static Atlas.Engine.Interop.LinuxConstants;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Engine.Datagrams;

/// <summary>Opens the sockets that datagrams are received at.</summary>
internal static class DatagramBinding
{
    // What comes while a worker is busy for 20 ms at 100,000 datagrams a second, with what the kernel adds to each. Without
    // CAP_NET_ADMIN the system's bound (net.core.rmem_max) is the limit.
    private const int BufferBytes = 4 << 20;

    /// <summary>Binds.</summary>
    /// <param name="address">Where.</param>
    /// <param name="isFirst">Whether nobody may be bound there yet. The first socket of an address is bound without
    /// SO_REUSEPORT, so that one that somebody else holds is an error and its datagrams are not shared by chance.</param>
    /// <param name="moving">Addresses that the host need not have yet.</param>
    /// <returns>The descriptor.</returns>
    /// <exception cref="IOException">The message says why not.</exception>
    internal static int Open(SocketAddress address, bool isFirst, IReadOnlySet<IPAddress> moving)
    {
        int descriptor = Socket.OpenDatagram(address.Family);
        int result = descriptor;
        if (result >= 0)
        {
            AbsentAddress.Allow(descriptor, address, moving);
            result = Bind(descriptor, address, isFirst);
            if (result < 0)
            {
                Socket.Close(descriptor);
            }
        }

        return result >= 0 ? descriptor : throw new IOException($"cannot listen on {address} (UDP): {Reason(result, moving)}");
    }

    /// <summary>Sets what a socket has before datagrams come.</summary>
    /// <returns>0, or a negative error number.</returns>
    internal static int Prepare(int descriptor, SocketAddress address)
    {
        DatagramSocket.SetReceiveBuffer(descriptor, BufferBytes);
        if (Socket.SetOption(descriptor, SOL_SOCKET, SO_SNDBUFFORCE, BufferBytes) < 0)
        {
            Socket.SetOption(descriptor, SOL_SOCKET, SO_SNDBUF, BufferBytes);
        }

        // Before it is bound, since datagrams may come from then on.
        Segmentation.Enable(descriptor);
        return DatagramAddress.Of(address).IsAny ? AskForDestination(descriptor, address) : 0;
    }

    private static int Bind(int descriptor, SocketAddress address, bool isFirst)
    {
        // SO_REUSEADDR, which lets a TCP listener restart, would let another socket take a UDP port over.
        if (address.Family == AF_INET6)
        {
            // As for TCP: [::] takes IPv6 only, so that 0.0.0.0 may stand beside it.
            Socket.SetOption(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, 1);
        }

        int result = Prepare(descriptor, address);
        if (result >= 0 && isFirst)
        {
            result = Socket.Bind(descriptor, address);
        }

        if (result >= 0)
        {
            result = Socket.SetOption(descriptor, SOL_SOCKET, SO_REUSEPORT, 1);
        }

        return result >= 0 && !isFirst ? Socket.Bind(descriptor, address) : result;
    }

    /// <summary>Has each datagram say which address of the host it was sent to, which its answer must leave from.</summary>
    private static int AskForDestination(int descriptor, SocketAddress address) => address.Family == AF_INET6
        ? Socket.SetOption(descriptor, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1)
        : Socket.SetOption(descriptor, IPPROTO_IP, IP_PKTINFO, 1);

    private static string Reason(int error, IReadOnlySet<IPAddress> moving) =>
        error == -Errno.EADDRINUSE ? "another process, or another listener of this one, has it (address already in use)"
        : error == -Errno.EADDRNOTAVAIL ? AbsentAddress.Reason(moving)
        : Errno.Text(error);
}
