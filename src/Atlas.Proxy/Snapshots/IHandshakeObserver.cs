using Atlas.Engine.Streams;
using Atlas.Engine.Tls;

namespace Atlas.Proxy.Snapshots;

/// <summary>Hears of handshakes of TLS that clients failed. Called on workers' threads, as often as somebody makes it happen; must not
/// block and not throw.</summary>
public interface IHandshakeObserver
{
    /// <summary>A handshake failed that the client had begun.</summary>
    /// <param name="listener">The listener's name.</param>
    /// <param name="client">The client, after the PROXY protocol.</param>
    /// <param name="result">The label that <c>atlas_tls_handshakes_total</c> counts it under.</param>
    /// <param name="detail">More, in printable characters, some of which the client may have chosen; may be empty.</param>
    /// <param name="refused">The client's certificate, where it failed of that; null: of something else.</param>
    void HandshakeFailed(string listener, SocketAddress client, string result, string detail, TlsRefusedCertificate? refused);
}
