using System.Runtime.InteropServices;
using Atlas.Engine.Interop;
using Atlas.Engine.Streams;

namespace Atlas.Engine.Tls;

/// <content>The parts of a handshake that are no waits.</content>
public sealed unsafe partial class TlsStream
{
    private TlsServerContext? _server;
    private TlsFailure _refusal;

    /// <summary>The server's settings during the handshake and after; null on the client's side.</summary>
    internal TlsServerContext? Server => _server;

    /// <summary>A callback refuses the handshake and says why.</summary>
    internal void Refuse(TlsFailure why) => _refusal = why;

    private bool TryBegin(TlsServerContext context)
    {
        nint native = context.TryUse();
        if (native == 0)
        {
            return false;
        }

        _server = context;
        if (TryMake(native))
        {
            LibSsl.SSL_set_accept_state(_ssl);
            return true;
        }

        context.EndUse();
        return false;
    }

    private bool TryMake(nint context)
    {
        _ssl = LibSsl.SSL_new(context);
        if (_ssl == 0)
        {
            TlsErrors.Take();
            return false;
        }

        TlsLibrary.ConnectionMade();
        _handle = GCHandle.Alloc(this);
        nint handle = GCHandle.ToIntPtr(_handle);
        nint bio = TlsBio.TryCreate(handle);
        if (bio == 0 || LibSsl.SSL_set_ex_data(_ssl, 0, handle) == 0)
        {
            TlsErrors.Take();
            LibCrypto.BIO_free(bio);
            FreeSsl();
            return false;
        }

        LibSsl.SSL_set_bio(_ssl, bio, bio);
        _transport.IsHeld = true;
        return true;
    }

    /// <summary>Goes on as far as what has come allows.</summary>
    /// <returns>How it ended; null to wait.</returns>
    private TlsHandshake? Step()
    {
        LibCrypto.ERR_clear_error();
        _transport.IsReadBlocked = false;
        int result = LibSsl.SSL_do_handshake(_ssl);
        if (result == 1)
        {
            return Establish();
        }

        if (_transport.IsReadBlocked)
        {
            return null;
        }

        ulong error = TlsErrors.Take();
        TlsFailure failure = FailureOf(error);
        return Fail(failure, TextOf(failure, error));
    }

    private TlsHandshake Establish()
    {
        _server?.EndUse();
        _transport.IsHeld = false;
        _transport.TryFlush();
        HandshakeBytes = _transport.ReceivedBytes + _transport.WrittenBytes;
        NoteFacts();
        LibSsl.SSL_set_info_callback(_ssl, TlsCallbacks.OnStateChanged);

        ByteStream inner = _transport.Inner;
        inner.News = this;
        if (_transport.HasUnsent)
        {
            SendFilled();
        }

        if (inner.IsPeerClosed)
        {
            ((IStreamNews)this).OnPeerClosed(inner.IsBroken);
        }
        else if (MayBringMore)
        {
            SignalReceive();
        }

        return new TlsHandshake(this, TlsFailure.None, "");
    }

    private TlsHandshake Fail(TlsFailure failure, string text)
    {
        _server?.EndUse();
        _transport.TryFlush();
        FreeSsl();
        _transport.Dispose();
        return new TlsHandshake(null, failure, text.Length > TlsHandshake.MaxTextLength ? text[..TlsHandshake.MaxTextLength] : text);
    }

    private TlsFailure FailureOf(ulong error)
    {
        if (_refusal != TlsFailure.None)
        {
            return _refusal;
        }

        if (_transport.HasEnded || _transport.ReceiveError != 0)
        {
            return TlsFailure.PeerClosed;
        }

        TlsFailure failure = TlsErrors.FailureOf(error, isServer: _server is not null);
        return failure == TlsFailure.Protocol && _server is not null && LooksLikeText(_transport.FirstBytes) ? TlsFailure.PlainHttp : failure;
    }

    private string TextOf(TlsFailure failure, ulong error) => failure switch
    {
        TlsFailure.PeerClosed when _transport.ReceiveError != 0 => Errno.Text(_transport.ReceiveError),
        TlsFailure.PeerClosed => "the peer closed the connection during the handshake",
        TlsFailure.NoCertificateForName => $"no certificate for the name \"{ServerName}\"",
        TlsFailure.ClientCertificateInvalid or TlsFailure.ServerCertificateInvalid =>
            NativeText.Of(LibCrypto.X509_verify_cert_error_string(LibSsl.SSL_get_verify_result(_ssl))),
        _ => TlsErrors.TextOf(error),
    };

    // "GET ", "PUT ", "DELE", "PRI ": the method of a request, where a record of TLS has 22, 3, 1.
    private static bool LooksLikeText(uint firstBytes)
    {
        for (int i = 0; i < 4; i++)
        {
            uint one = firstBytes >> (8 * i) & 0xFF;
            if (one is not ((>= 'A' and <= 'Z') or ' ') || (i == 0 && one == ' '))
            {
                return false;
            }
        }

        return true;
    }
}
