using Atlas.Core.Configuration;
using Atlas.Engine.Buffers;
using Atlas.Engine.Streams;
using Atlas.Engine.Tls;
using Atlas.Protocols.ProxyProtocol;
using Atlas.Proxy.Upstream;

namespace Atlas.Proxy.Tcp;

/// <summary>Writes the PROXY protocol header that opens a connection to a server, with what the client sent already behind it, so
/// that both leave in one segment.</summary>
internal static class OutgoingHeader
{
    /// <summary>Makes what goes first.</summary>
    /// <param name="version">Which form.</param>
    /// <param name="opening">Who the client is and what it sent.</param>
    /// <param name="client">The client's connection.</param>
    /// <param name="length">The bytes in the buffer; more than 0 in any case.</param>
    /// <param name="withReceived">Whether what the client sent comes behind the header.</param>
    /// <returns>A buffer, the caller's to give back; null: there is no memory.</returns>
    internal static NativeBuffer? TryPrepend(
        ProxyProtocolVersion version, ConnectionOpening opening, ByteStream client, out int length, bool withReceived = true)
    {
        length = ProxyHeaderWriter.MaxLength;
        bool isSmall = opening.ReceivedLength + ProxyHeaderWriter.MaxLength <= (int)BufferSize.Small;
        NativeBuffer? buffer = client.Loop.Buffers.TryRent(isSmall ? BufferSize.Small : BufferSize.Large);
        if (buffer is null)
        {
            return null;
        }

        ProxyEndpoint from = ProxyOrigin.EndpointOf(opening.Client);
        ProxyEndpoint to = opening.Destination.IsEmpty ? ProxyOrigin.EndpointOf(client.LocalAddress) : opening.Destination;
        length = version == ProxyProtocolVersion.V1
            ? ProxyHeaderWriter.WriteV1(buffer.Span, from, to)
            : OutgoingProxyHeader.WriteV2(buffer.Span, from, to, opening.Stream as TlsStream, opening.ServerName.Span);
        if (withReceived && opening.ReceivedLength > 0)
        {
            opening.Received!.Span[..opening.ReceivedLength].CopyTo(buffer.Span[length..]);
            length += opening.ReceivedLength;
        }

        return buffer;
    }
}
