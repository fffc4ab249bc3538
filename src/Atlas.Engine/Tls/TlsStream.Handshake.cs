using Atlas.Engine.Flows;
using Atlas.Engine.Streams;

namespace Atlas.Engine.Tls;

public sealed partial class TlsStream
{
    /// <summary>The server's side of a handshake.</summary>
    /// <param name="inner">The connection. It belongs to the stream that comes out of it; on failure it stays the caller's, and
    /// open.</param>
    /// <param name="context">What the server is and asks for.</param>
    /// <param name="alreadyReceived">Bytes of the connection that were received before; they are copied.</param>
    /// <param name="deadlineMs">The loop's time at which it gives up.</param>
    public static ResultFlow<TlsHandshake> AcceptAsync(
        ByteStream inner, TlsServerContext context, ReadOnlySpan<byte> alreadyReceived, long deadlineMs)
    {
        var stream = new TlsStream(inner);
        if (!stream.TryBegin(context))
        {
            return new ResultFlow<TlsHandshake>(box: null, NoMemory);
        }

        stream._transport.TakeEarly(alreadyReceived);
        return stream.HandshakeAsync(deadlineMs);
    }

    private static TlsHandshake NoMemory => new(null, TlsFailure.Internal, "out of memory, or the TLS settings are no longer in use");

    private async ResultFlow<TlsHandshake> HandshakeAsync(long deadlineMs)
    {
        while (true)
        {
            TlsHandshake? end = Step();
            if (end is not null)
            {
                return end.Value;
            }

            WaitResult wait = WaitResult.Ready;
            while (wait == WaitResult.Ready && !_transport.TryFlush())
            {
                wait = await _transport.Inner.SendReadyAsync(deadlineMs);
            }

            if (wait == WaitResult.Ready)
            {
                wait = await _transport.Inner.ReceiveReadyAsync(deadlineMs);
            }

            if (wait != WaitResult.Ready)
            {
                return wait == WaitResult.TimedOut
                    ? Fail(TlsFailure.TimedOut, "the handshake took too long")
                    : Fail(TlsFailure.Cancelled, "the connection was ended on this side");
            }
        }
    }

    /// <summary>Sends what was taken before the close, and closes the stream below.</summary>
    private async Flow LingerAsync()
    {
        ByteStream inner = _transport.Inner;
        long deadlineMs = Loop.NowMs + LingerMs;
        bool isSent = false;
        while (!isSent && await inner.SendReadyAsync(deadlineMs) == WaitResult.Ready)
        {
            isSent = _transport.TryFlush();
        }

        _transport.Dispose();
        if (isSent)
        {
            inner.Close();
        }
        else
        {
            inner.Abort();
        }
    }
}
