using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Engine.Tls;

namespace Atlas.Engine.Tests.Tls;

/// <summary>Both sides of TLS over two streams that are connected to each other.</summary>
public static class TlsPair
{
    /// <summary>Runs both handshakes at once.</summary>
    public static async ResultFlow<(TlsHandshake Client, TlsHandshake Server)> HandshakeAsync(
        ByteStream near, ByteStream far, TlsClientContext client, TlsServerContext server, TlsClientSessions? sessions = null, string? name = "localhost")
    {
        ResultFlow<TlsHandshake> accepting = TlsStream.AcceptAsync(far, server, [], far.Loop.NowMs + 60_000);
        ResultFlow<TlsHandshake> connecting = TlsStream.ConnectAsync(near, client, sessions, name, near.Loop.NowMs + 60_000);
        return (await connecting, await accepting);
    }

    /// <summary>As above, both of which have to succeed.</summary>
    public static async ResultFlow<(TlsStream Near, TlsStream Far)> ConnectAsync(
        ByteStream near, ByteStream far, TlsClientContext client, TlsServerContext server, TlsClientSessions? sessions = null)
    {
        (TlsHandshake connected, TlsHandshake accepted) = await HandshakeAsync(near, far, client, server, sessions);
        return (connected.Stream.ShouldNotBeNull(connected.Text), accepted.Stream.ShouldNotBeNull(accepted.Text));
    }
}
