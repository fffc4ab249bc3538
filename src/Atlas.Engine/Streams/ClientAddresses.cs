using System.Net;
using static Atlas.Engine.Interop.LinuxConstants;

namespace Atlas.Engine.Streams;

/// <summary>Connections that come from the addresses of clients (IP_TRANSPARENT, ip(7)).</summary>
public static class ClientAddresses
{
    /// <summary>Whether this process may use them.</summary>
    /// <returns>0, or the positive error number that says why not: EPERM with neither CAP_NET_RAW nor CAP_NET_ADMIN.</returns>
    public static int Probe()
    {
        int descriptor = Socket.Open(SocketAddress.OfIp(IPAddress.Loopback, 0));
        if (descriptor < 0)
        {
            return -descriptor;
        }

        int result = Socket.SetOption(descriptor, IPPROTO_IP, IP_TRANSPARENT, 1);
        Socket.Close(descriptor);
        return result < 0 ? -result : 0;
    }
}
