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
        var stream = new TlsStream(inner, context);
        if (!stream.TryBegin(context))
        {
            return new ResultFlow<TlsHandshake>(box: null, NoMemory);
        }

        stream._transport.TakeEarly(alreadyReceived);
        return stream.HandshakeAsync(deadlineMs);
    }

    /// <summary>The client's side of a handshake.</summary>
    /// <param name="inner">The connection. It belongs to the stream that comes out of it; on failure it stays the caller's, and
    /// open.</param>
    /// <param name="context">What the client asks for.</param>
    /// <param name="sessions">Sessions with this server, to resume one and to keep new ones; null for none. With TLS 1.3 the server
    /// sends them after the handshake, so that they come with the first bytes.</param>
    /// <param name="serverName">The name, or the IP address in text, that the server has to prove; a name is also sent (SNI). Null to
    /// send none and check none.</param>
    /// <param name="deadlineMs">The loop's time at which it gives up.</param>
    public static ResultFlow<TlsHandshake> ConnectAsync(
        ByteStream inner, TlsClientContext context, TlsClientSessions? sessions, string? serverName, long deadlineMs)
    {
        var stream = new TlsStream(inner, context);
        return stream.TryBegin(context, sessions, serverName)
            ? stream.HandshakeAsync(deadlineMs)
            : new ResultFlow<TlsHandshake>(box: null, NoMemory);
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
        long endMs = Loop.NowMs + LingerMs;
        bool isSent = false;
        bool goesOn = true;
        while (!isSent && goesOn)
        {
            WaitResult wait = await inner.SendReadyAsync(Math.Min(endMs, Loop.NowMs + _lingerIdleMs));
            isSent = wait == WaitResult.Ready && _transport.TryFlush();
            goesOn = wait == WaitResult.Ready || LingersOn(wait, endMs);
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

        _isLingering = false;
        _gone?.Invoke();
    }

    // The kernel tells of much room only, so that whether the peer takes anything is to be looked at.
    private bool LingersOn(WaitResult wait, long endMs)
    {
        ByteStream inner = _transport.Inner;
        if (inner.IsClosed || Loop.NowMs >= endMs)
        {
            return false;
        }

        if (wait == WaitResult.Cancelled)
        {
            inner.ResetCancel();
            return true;
        }

        int before = _lingerLeft;
        _lingerLeft = _transport.Undelivered;
        return _lingerLeft < before;
    }
}
