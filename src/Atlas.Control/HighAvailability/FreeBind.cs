using System.Net.Sockets;

namespace Atlas.Control.HighAvailability;

/// <summary>Lets sockets be bound to an address that the host does not have at present, as a virtual one that another node has. Only for
/// such: of any other address it is good to hear at once that it is nowhere.</summary>
internal static class FreeBind
{
    // ip(7) and linux/in6.h.
    private const int IPPROTO_IP = 0;
    private const int IP_FREEBIND = 15;
    private const int IPPROTO_IPV6 = 41;
    private const int IPV6_FREEBIND = 78;

    /// <summary>Before <see cref="Socket.Bind"/>.</summary>
    /// <exception cref="SocketException">The kernel does not let it.</exception>
    internal static void Allow(Socket socket)
    {
        (int level, int name) = socket.AddressFamily == AddressFamily.InterNetworkV6 ? (IPPROTO_IPV6, IPV6_FREEBIND) : (IPPROTO_IP, IP_FREEBIND);
        socket.SetRawSocketOption(level, name, BitConverter.GetBytes(1));
    }
}
