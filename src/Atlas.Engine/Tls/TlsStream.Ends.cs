using Atlas.Engine.Interop;
using Atlas.Engine.Streams;
using static Atlas.Engine.Interop.OpenSslConstants;

namespace Atlas.Engine.Tls;

/// <content>News from the stream below, and the ends.</content>
public sealed unsafe partial class TlsStream
{
    void IStreamNews.OnReceivable()
    {
        if (IsClosed)
        {
            return;
        }

        // Where someone waits, and where a server may send tickets, only what is for them counts: else an idle connection would
        // take a message of TLS itself, or a part of a record, for the beginning of something.
        bool looks = !MayReceive && (Direction(isSend: false).IsWaiting || Server is null);
        bool isNews = !looks || HasComeSomething();
        if (_sendAwaitsReceive)
        {
            _sendAwaitsReceive = false;
            SignalSend();
        }

        if (!isNews || IsClosed)
        {
            return;
        }

        if (looks && _isReceiveOver)
        {
            // The peer's end without that of the connection, which may never come.
            SignalPeerClosed(reset: IsBroken);
        }
        else
        {
            SignalReceive();
        }
    }

    void IStreamNews.OnSendable()
    {
        if (IsClosed || !_transport.TryFlush())
        {
            return;
        }

        if (_endsAfterFlush)
        {
            _endsAfterFlush = false;
            _transport.Inner.ShutdownSend();
        }

        SignalSend();
    }

    void IStreamNews.OnPeerClosed(bool reset)
    {
        if (IsClosed)
        {
            return;
        }

        if (_transport.Inner.IsBroken)
        {
            NoteBroken();
        }

        SignalPeerClosed(reset);
    }

    void IStreamNews.OnClosed() => Abort();

    /// <inheritdoc/>
    protected override void CloseCore(bool abort)
    {
        ByteStream inner = _transport.Inner;
        inner.News = null;

        // As the kernel does where bytes were left unread: nobody will, so that the peer is not to think that they were.
        bool resets = abort || HasUnreadBytes();
        if (!resets && !_isSendEnded)
        {
            SendCloseNotify();
        }

        FreeSsl();
        if (!resets && !_transport.TryFlush())
        {
            _isLingering = true;
            LingerAsync().Detach();
            return;
        }

        _transport.Dispose();
        if (resets)
        {
            inner.Abort();
        }
        else
        {
            inner.Close();
        }
    }

    private void EndReceive()
    {
        ulong error = TlsErrors.Take();
        bool isNotified = (LibSsl.SSL_get_shutdown(_ssl) & SSL_RECEIVED_SHUTDOWN) != 0;
        _isReceiveOver = true;
        _receiveResult =
            _transport.ReceiveError != 0 ? _transport.ReceiveError
            : isNotified && error == 0 ? 0

            // A fatal alert sets the mark as well, whatever comes behind it.
            : _transport.HasEnded && !isNotified ? Truncated
            : -Errno.EPROTO;
        if (_receiveResult == -Errno.EPROTO)
        {
            FailureText ??= error == 0 ? "the peer sends and does not receive" : TlsErrors.TextOf(error);
        }

        if (_transport.Inner.IsBroken)
        {
            NoteBroken();
        }
    }

    private bool HasUnreadBytes()
    {
        bool hasUnread = _ssl != 0 && !_isReceiveOver && MayBringMore && PeekOne() > 0;
        TlsErrors.Take();
        return hasUnread;
    }

    private void SendCloseNotify()
    {
        _isSendEnded = true;
        if (LibSsl.SSL_shutdown(_ssl) < 0)
        {
            TlsErrors.Take();
        }
    }

    private void FreeSsl()
    {
        if (_ssl == 0)
        {
            return;
        }

        // Else OpenSSL forbids the session to be resumed, and takes a lock of the context to do so.
        if (FailureText is null)
        {
            LibSsl.SSL_set_shutdown(_ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
        }

        LibSsl.SSL_free(_ssl);
        _ssl = 0;
        _handle.Free();
        TlsLibrary.ConnectionFreed();
    }
}
