using System.Text;
using Atlas.Engine.Tls;

namespace Atlas.Proxy.Connections;

/// <summary>Requests for another host than the one that the client asked for when it shook hands (RFC 9110 7.4). Browsers send them on
/// purpose: they use a connection of HTTP/2 for all names of the certificate that they were shown (RFC 9113 9.1.1).</summary>
internal static class Misdirection
{
    /// <summary>Whether the host of a request is another one than the handshake's. Of a client that asked for none it is not.</summary>
    /// <param name="tls">The client's TLS; null: none ends here.</param>
    /// <param name="authority">The request's host, with its port where it has one.</param>
    internal static bool IsElsewhere(TlsStream? tls, ReadOnlySpan<byte> authority) =>
        tls is { ServerName.Length: > 0 } && !authority.IsEmpty && !Ascii.EqualsIgnoreCase(HostOf(authority), tls.ServerName);

    /// <summary>Whether a request is for a host without certificate, at a listener that refuses handshakes for such.</summary>
    /// <param name="tls">The client's TLS.</param>
    /// <param name="context">What the listener's handshakes go by.</param>
    /// <param name="authority">As of <see cref="IsElsewhere"/>.</param>
    internal static bool IsToNoCertificate(TlsStream? tls, TlsServerContext? context, ReadOnlySpan<byte> authority) =>
        context is { IsSniStrict: true } && IsElsewhere(tls, authority) && !context.HasCertificateFor(HostOf(authority));

    // Of an address in brackets the last colon may be a part; such a host is no name that a handshake has.
    private static ReadOnlySpan<byte> HostOf(ReadOnlySpan<byte> authority)
    {
        int colon = authority.LastIndexOf((byte)':');
        ReadOnlySpan<byte> host = colon > authority.LastIndexOf((byte)']') ? authority[..colon] : authority;
        return host.EndsWith("."u8) ? host[..^1] : host;
    }
}
