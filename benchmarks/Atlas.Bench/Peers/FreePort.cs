using System.Net;
using System.Net.Sockets;

namespace Atlas.Bench.Peers;

/// <summary>A port of loopback that nobody uses. Another process could take it before the peer does; the peer then fails to
/// start, and says so.</summary>
internal static class FreePort
{
    internal static int Find()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
