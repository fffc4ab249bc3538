using System.Text;
using Atlas.Engine.Tls;
using Atlas.Protocols.ProxyProtocol;

namespace Atlas.Proxy.Upstream;

/// <summary>Writes PROXY protocol headers of version 2 for connections to servers, with what the client's TLS has agreed on where it
/// ends here.</summary>
internal static class OutgoingProxyHeader
{
    /// <summary>Writes a header. What does not fit into the length that every reader takes is left out: the addresses matter most.
    /// </summary>
    /// <param name="destination">At least <see cref="ProxyHeaderWriter.MaxLength"/> bytes.</param>
    /// <param name="client">The client.</param>
    /// <param name="server">What it connected to.</param>
    /// <param name="tls">Its TLS that ends here; null: it ends elsewhere, or there is none.</param>
    /// <param name="serverName">The name of a ClientHello that was only read; empty: there is none.</param>
    /// <returns>Its length.</returns>
    internal static int WriteV2(
        Span<byte> destination, in ProxyEndpoint client, in ProxyEndpoint server, TlsStream? tls, ReadOnlySpan<byte> serverName)
    {
        Span<byte> room = destination[..ProxyHeaderWriter.MaxLength];
        ProxyOutgoingTlvs tlvs = tls is null ? new ProxyOutgoingTlvs { Authority = serverName } : TlvsOf(tls);
        int length = ProxyHeaderWriter.WriteV2(room, ProxyTransport.Stream, client, server, tlvs);
        return length > 0 ? length : ProxyHeaderWriter.WriteV2(room, ProxyTransport.Stream, client, server);
    }

    // Once for each connection to a server, which such a header makes the client's own: allocations do not count here.
    private static ProxyOutgoingTlvs TlvsOf(TlsStream tls) => new()
    {
        Alpn = Encoding.UTF8.GetBytes(tls.Alpn),
        Authority = Encoding.ASCII.GetBytes(tls.ServerName),
        HasSsl = true,
        SslClientFlags = (byte)(tls.ClientCertificate is null ? 0
            : tls.IsResumed ? ProxySsl.CertificateInSession
            : ProxySsl.CertificateOnConnection | ProxySsl.CertificateInSession),

        // A certificate that is not good ends the handshake.
        SslVerify = tls.ClientCertificate is null ? 1u : 0u,
        SslVersion = tls.Version == TlsVersion.Tls13 ? "TLSv1.3"u8 : "TLSv1.2"u8,
        SslCommonName = Encoding.UTF8.GetBytes(tls.ClientCertificate?.CommonName ?? ""),
        SslCipher = Encoding.ASCII.GetBytes(tls.CipherName),
    };
}
