using System.Net.Sockets;
using Atlas.Core.Configuration;

namespace Atlas.Control.Health;

/// <summary>Opens a connection, shakes hands where the servers have TLS, and closes it.</summary>
internal sealed class TcpProbe(
    ServerAddress address,
    ProxyProtocolVersion proxyProtocol = ProxyProtocolVersion.None,
    ProbeSecurity? security = null,
    bool isHttp2 = false) : IProbe
{
    public void Dispose()
    {
        // Each probe ends its own connection.
    }

    public async Task<ProbeResult> RunAsync(CancellationToken cancellation)
    {
        try
        {
            await (await ServerSocket.OpenAsync(address, proxyProtocol, security, isHttp2, cancellation)).DisposeAsync();
            return ProbeResult.Good("connected");
        }
        catch (SocketException e)
        {
            return ServerSocket.Judge(e, address);
        }
        catch (ProbeTlsException e)
        {
            return ProbeResult.Bad(e.Message);
        }
    }
}
