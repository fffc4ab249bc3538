using System.Net;
using System.Net.Sockets;
using Atlas.Core.Configuration;
using Atlas.Protocols.ProxyProtocol;

namespace Atlas.Control.Health;

/// <summary>Connections to servers for probes.</summary>
internal static class ServerSocket
{
    private static readonly byte[] V1Header = HeaderOf(ProxyHeaderWriter.WriteV1Unknown);
    private static readonly byte[] V2Header = HeaderOf(ProxyHeaderWriter.WriteV2Local);

    private delegate int WriteHeader(Span<byte> destination);

    /// <summary>Connects, and sends the PROXY protocol header of a connection that no client is behind, if servers ask for
    /// one.</summary>
    /// <exception cref="SocketException">There is no connection.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    internal static async ValueTask<Socket> ConnectAsync(
        ServerAddress address, ProxyProtocolVersion proxyProtocol, CancellationToken cancellation)
    {
        (EndPoint end, ProtocolType protocol) = address switch
        {
            { UnixPath: string path } => ((EndPoint)new UnixDomainSocketEndPoint(path), ProtocolType.Unspecified),
            { Ip: IPAddress ip } => (new IPEndPoint(ip, address.Port), ProtocolType.Tcp),
            _ => throw new ArgumentException($"{address} is no address to connect to", nameof(address)),
        };
        var socket = new Socket(end.AddressFamily, SocketType.Stream, protocol);
        try
        {
            await socket.ConnectAsync(end, cancellation);
            if (proxyProtocol != ProxyProtocolVersion.None)
            {
                await socket.SendAsync(proxyProtocol == ProxyProtocolVersion.V1 ? V1Header : V2Header, cancellation);
            }

            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Connects as a pool's requests do, with TLS where they have it.</summary>
    /// <exception cref="SocketException">There is no connection.</exception>
    /// <exception cref="ProbeTlsException">The handshake failed.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    internal static async ValueTask<Stream> OpenAsync(
        ServerAddress address, ProxyProtocolVersion proxyProtocol, ProbeSecurity? security, bool isHttp2, CancellationToken cancellation)
    {
        var stream = new NetworkStream(await ConnectAsync(address, proxyProtocol, cancellation), ownsSocket: true);
        return security is null ? stream : await security.Tls.ConnectAsync(stream, security.ServerName, isHttp2, cancellation);
    }

    /// <summary>What it says of the server that there is no connection. Nothing, where this machine has no descriptors or
    /// memory left for one: servers must not go down for that.</summary>
    internal static ProbeResult Judge(SocketException error, ServerAddress address) => error.SocketErrorCode switch
    {
        SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable => ProbeResult.None(error.Message),
        SocketError.ConnectionRefused => ProbeResult.Unreachable("connect refused"),

        // It may have been met after the connection was made, by a header of the PROXY protocol.
        SocketError.ConnectionReset => ProbeResult.Bad("connect reset"),
        SocketError.TimedOut => ProbeResult.Unreachable("connect timed out"),
        SocketError.HostUnreachable => ProbeResult.Unreachable("connect failed: host unreachable"),
        SocketError.NetworkUnreachable => ProbeResult.Unreachable("connect failed: network unreachable"),

        // What .NET makes of ENOENT.
        SocketError.AddressNotAvailable when address.UnixPath is not null =>
            ProbeResult.Unreachable("connect failed: there is no such socket"),
        _ => ProbeResult.Unreachable($"connect failed: {error.Message}"),
    };

    private static byte[] HeaderOf(WriteHeader write)
    {
        Span<byte> header = stackalloc byte[ProxyHeaderWriter.MaxTextLength];
        return header[..write(header)].ToArray();
    }
}
