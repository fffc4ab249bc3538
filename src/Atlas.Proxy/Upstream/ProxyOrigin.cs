using Atlas.Core.Configuration;
using Atlas.Engine.Streams;
using Atlas.Engine.Tls;
using Atlas.Protocols.ProxyProtocol;

namespace Atlas.Proxy.Upstream;

/// <summary>Whom servers are told of by the PROXY protocol, and the connections that opened so: they carry requests of this
/// client's connection only, and end with it. For one worker's thread.</summary>
/// <param name="client">The client.</param>
/// <param name="destination">What it connected to; null if that is not known.</param>
/// <param name="tls">Its TLS that ends here; null: it speaks without.</param>
internal sealed class ProxyOrigin(SocketAddress client, SocketAddress? destination, TlsStream? tls = null)
{
    private readonly List<UpstreamConnection> _connections = [];

    /// <summary>Whether the client's connection has ended: no connection is kept for it any more.</summary>
    internal bool IsEnded { get; private set; }

    /// <summary>Writes the header that opens a connection; one that says "unknown" for a client without an IP address.</summary>
    /// <param name="version">None: nothing is written.</param>
    /// <param name="buffer">At least <see cref="ProxyHeaderWriter.MaxLength"/> bytes.</param>
    /// <returns>Its length.</returns>
    internal int WriteHeader(ProxyProtocolVersion version, Span<byte> buffer) => version switch
    {
        ProxyProtocolVersion.V1 => ProxyHeaderWriter.WriteV1(buffer, EndpointOf(client), EndpointOf(destination)),
        ProxyProtocolVersion.V2 =>
            OutgoingProxyHeader.WriteV2(buffer, EndpointOf(client), EndpointOf(destination), tls, serverName: []),
        ProxyProtocolVersion.None => 0,
        _ => 0,
    };

    internal void Add(UpstreamConnection connection) => _connections.Add(connection);

    internal void Remove(UpstreamConnection connection) => _connections.Remove(connection);

    /// <summary>Its connection to a server that was used last, of those that nobody uses; null: there is none. O(its connections to
    /// all servers).</summary>
    internal UpstreamConnection? IdleOf(ServerConnections server)
    {
        UpstreamConnection? last = null;
        foreach (UpstreamConnection connection in _connections)
        {
            bool counts = connection.IsIdle && connection.Owner == server;
            last = counts && (last is null || connection.IdleSinceMs >= last.IdleSinceMs) ? connection : last;
        }

        return last;
    }

    /// <summary>Closes its unused connections; one in use, such as a mirror's, closes when it is given back.</summary>
    internal void End()
    {
        IsEnded = true;
        for (int i = _connections.Count - 1; i >= 0; i--)
        {
            _connections[i].DiscardIfIdle();
        }
    }

    /// <summary>An address as a header names it; empty: it is none of IP.</summary>
    internal static ProxyEndpoint EndpointOf(SocketAddress? address) =>
        address is null || address.IsUnix ? default : new ProxyEndpoint(address.Ip, (ushort)address.Port);
}
