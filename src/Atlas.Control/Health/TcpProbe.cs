using System.Net.Sockets;
using Atlas.Core.Configuration;

namespace Atlas.Control.Health;

/// <summary>Opens a connection and closes it.</summary>
internal sealed class TcpProbe(ServerAddress address, ProxyProtocolVersion proxyProtocol = ProxyProtocolVersion.None) : IProbe
{
    public void Dispose()
    {
        // Each probe ends its own connection.
    }

    public async Task<ProbeResult> RunAsync(CancellationToken cancellation)
    {
        try
        {
            (await ServerSocket.ConnectAsync(address, proxyProtocol, cancellation)).Dispose();
            return ProbeResult.Good("connected");
        }
        catch (SocketException e)
        {
            return ServerSocket.Judge(e, address);
        }
    }
}
