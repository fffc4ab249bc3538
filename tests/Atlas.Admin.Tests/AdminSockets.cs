using System.Net;
using System.Net.Sockets;

namespace Atlas.Admin.Tests;

/// <summary>Sockets that admin servers answer on.</summary>
internal static class AdminSockets
{
    /// <summary>Listens on any port of the loopback.</summary>
    internal static Socket OnLoopback() =>
        Listen(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp), new IPEndPoint(IPAddress.Loopback, 0));

    /// <summary>Listens on a path.</summary>
    internal static Socket OnPath(string path) =>
        Listen(new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified), new UnixDomainSocketEndPoint(path));

    private static Socket Listen(Socket socket, EndPoint address)
    {
        socket.Bind(address);
        socket.Listen();
        return socket;
    }
}
