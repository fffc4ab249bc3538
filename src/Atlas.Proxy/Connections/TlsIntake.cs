using Atlas.Engine.Buffers;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Engine.Tls;
using Atlas.Proxy.Metrics;
using Atlas.Proxy.Snapshots;

namespace Atlas.Proxy.Connections;

/// <summary>The handshake with a client whose TLS ends here. It holds no buffer before the first byte.</summary>
internal static class TlsIntake
{
    /// <summary>Shakes hands.</summary>
    /// <param name="client">The connection. On success it belongs to the stream that comes of it, else to the caller as before.</param>
    /// <param name="peer">Who the client is.</param>
    /// <param name="listener">What the handshake goes by.</param>
    /// <param name="counters">What counts it.</param>
    /// <param name="received">What came of it already, which is given back here; null: nothing.</param>
    /// <param name="length">Its bytes.</param>
    internal static async ResultFlow<TlsHandshake> TakeAsync(
        ByteStream client, SocketAddress peer, ListenerSnapshot listener, ListenerCounters counters, NativeBuffer? received, int length)
    {
        long deadlineMs = client.Loop.NowMs + listener.HandshakeMs;
        WaitResult wait = received is null ? await client.ReceiveReadyAsync(deadlineMs) : WaitResult.Ready;
        TlsHandshake handshake = wait switch
        {
            WaitResult.TimedOut => new TlsHandshake(null, TlsFailure.TimedOut, "nothing came") { IsUntried = true },
            WaitResult.Cancelled => new TlsHandshake(null, TlsFailure.Cancelled, ""),
            WaitResult.Ready or _ => await AcceptAsync(client, listener.Tls!, received, length, deadlineMs),
        };
        counters.HandshakeEnded(handshake);
        if (handshake is { Stream: null, IsUntried: false } && listener.Handshakes is { } observer)
        {
            Tell(observer, listener, peer, handshake);
        }

        return handshake;
    }

    private static void Tell(IHandshakeObserver observer, ListenerSnapshot listener, SocketAddress peer, in TlsHandshake handshake)
    {
        int cell = HandshakeCells.Of(handshake);
        if (cell >= 0)
        {
            observer.HandshakeFailed(listener.Name, peer, HandshakeCells.Names[cell], handshake.Text, handshake.RefusedCertificate);
        }
    }

    private static ResultFlow<TlsHandshake> AcceptAsync(
        ByteStream client, TlsServerContext context, NativeBuffer? received, int length, long deadlineMs)
    {
        ReadOnlySpan<byte> early = received is null ? default : received.Span[..length];
        ResultFlow<TlsHandshake> handshake = TlsStream.AcceptAsync(client, context, early, deadlineMs);
        received?.Return();
        return handshake;
    }
}
