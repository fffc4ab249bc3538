using System.Net;
using System.Net.Sockets;
using Atlas.Core.Configuration;

namespace Atlas.Control.HighAvailability.Dns;

/// <summary>Binds the sockets of a DNS server.</summary>
internal static class DnsSockets
{
    private const int Backlog = 256;

    // Where the kernel chooses the port, another program may have the same one of the other protocol.
    private const int MaxTries = 16;

    /// <summary>Binds one socket for TCP and one for UDP, on the same port.</summary>
    /// <param name="address">Where.</param>
    /// <param name="mayBeAbsent">Whether this machine need not have the address at present.</param>
    /// <exception cref="IOException">One of them cannot be bound; says why.</exception>
    internal static (Socket Tcp, Socket Udp) Bind(BindAddress address, bool mayBeAbsent = false)
    {
        IPAddress ip = address.Ip ?? throw new IOException($"cannot listen on {address}: DNS has no Unix sockets");
        for (int tries = 1; ; tries++)
        {
            // TCP first: of it there is one socket on a port, so that two servers never share the datagrams of one.
            Socket tcp = BindTcp(new IPEndPoint(ip, address.Port), address, mayBeAbsent);
            try
            {
                return (tcp, BindUdp((IPEndPoint)tcp.LocalEndPoint!, mayBeAbsent));
            }
            catch (SocketException e)
            {
                tcp.Dispose();
                if (address.Port != 0 || e.SocketErrorCode != SocketError.AddressAlreadyInUse || tries == MaxTries)
                {
                    throw new IOException($"cannot listen on {address} over UDP: {Reason(e)}", e);
                }
            }
        }
    }

    /// <summary>Binds a socket for datagrams. Where it is bound to all addresses, others may be bound to single ones.</summary>
    /// <exception cref="SocketException">It cannot be bound.</exception>
    internal static Socket BindUdp(IPEndPoint address, bool mayBeAbsent = false)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            if (mayBeAbsent)
            {
                FreeBind.Allow(socket);
            }

            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(address);
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Why a socket could not be bound, and what can be done about it.</summary>
    internal static string Reason(SocketException error) => error.SocketErrorCode switch
    {
        SocketError.AccessDenied =>
            "permission denied: ports below 1024 need the capability CAP_NET_BIND_SERVICE, which the unit of systemd gives, or root",
        SocketError.AddressAlreadyInUse => "another program listens there, such as systemd-resolved on port 53",
        SocketError.AddressNotAvailable => "this machine has no such address",
        _ => error.Message,
    };

    private static Socket BindTcp(IPEndPoint endpoint, BindAddress address, bool mayBeAbsent)
    {
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (mayBeAbsent)
            {
                FreeBind.Allow(socket);
            }

            socket.Bind(endpoint);
            socket.Listen(Backlog);
            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new IOException($"cannot listen on {address} over TCP: {Reason(e)}", e);
        }
    }
}
