using System.Net;
using System.Net.Sockets;
using SystemSocket = System.Net.Sockets.Socket;

namespace Atlas.Engine.Tests;

/// <summary>Clients that are not of the engine.</summary>
public static class Clients
{
    public static SystemSocket Connect(SocketAddress address)
    {
        EndPoint end = address.IsUnix
            ? new UnixDomainSocketEndPoint(address.UnixPath)
            : new IPEndPoint(new IPAddress(address.Ip), address.Port);
        var socket = new SystemSocket(end.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(end);
        return socket;
    }

    public static bool IsRefused(SocketAddress address)
    {
        try
        {
            Connect(address).Dispose();
            return false;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode == SocketError.ConnectionRefused;
        }
    }
}
