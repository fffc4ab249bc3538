using System.Net;
using System.Net.Sockets;
using Atlas.Core.Configuration;

namespace Atlas.Control.Health;

/// <summary>Connections to servers for probes.</summary>
internal static class ServerSocket
{
    /// <summary>Connects.</summary>
    /// <exception cref="SocketException">There is no connection.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    internal static async ValueTask<Socket> ConnectAsync(ServerAddress address, CancellationToken cancellation)
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
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>What it says of the server that there is no connection. Nothing, where this machine has no descriptors or
    /// memory left for one: servers must not go down for that.</summary>
    internal static ProbeResult Judge(SocketException error, ServerAddress address) => error.SocketErrorCode switch
    {
        SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable => ProbeResult.None(error.Message),
        SocketError.ConnectionRefused => ProbeResult.Bad("connect refused"),
        SocketError.ConnectionReset => ProbeResult.Bad("connect reset"),
        SocketError.TimedOut => ProbeResult.Bad("connect timed out"),
        SocketError.HostUnreachable => ProbeResult.Bad("connect failed: host unreachable"),
        SocketError.NetworkUnreachable => ProbeResult.Bad("connect failed: network unreachable"),

        // What .NET makes of ENOENT.
        SocketError.AddressNotAvailable when address.UnixPath is not null =>
            ProbeResult.Bad("connect failed: there is no such socket"),
        _ => ProbeResult.Bad($"connect failed: {error.Message}"),
    };
}
