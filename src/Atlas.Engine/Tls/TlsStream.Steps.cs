using System.Net;
using System.Runtime.InteropServices;
using Atlas.Engine.Interop;
using Atlas.Engine.Streams;
using static Atlas.Engine.Interop.OpenSslConstants;

namespace Atlas.Engine.Tls;

/// <content>The parts of a handshake that are no waits.</content>
public sealed unsafe partial class TlsStream
{
    private readonly TlsContext _context;
    private TlsClientSessions? _sessions;
    private TlsFailure _refusal;

    /// <summary>The server's settings; null on the client's side.</summary>
    internal TlsServerContext? Server => _context as TlsServerContext;

    /// <summary>A ticket came from the server.</summary>
    internal bool TryKeepSession(nint session) => _sessions?.TryAdd(session, ServerName) ?? false;

    /// <summary>A callback refuses the handshake and says why.</summary>
    internal void Refuse(TlsFailure why) => _refusal = why;

    private bool TryBegin(TlsServerContext server)
    {
        if (!TryUse(server.Native))
        {
            return false;
        }

        LibSsl.SSL_set_accept_state(_ssl);
        return true;
    }

    private bool TryBegin(TlsClientContext client, TlsClientSessions? sessions, string? serverName)
    {
        if (!TryUse(client.Native))
        {
            return false;
        }

        LibSsl.SSL_set_connect_state(_ssl);
        string name = (serverName ?? "").TrimEnd('.');
        NoteServerName(name);
        if (name.Length > 0 && !TrySetName(name, client.IsVerified))
        {
            TlsErrors.Take();
            Fail(TlsFailure.Internal, "");
            return false;
        }

        _sessions = sessions;
        nint session = sessions?.TryTake(client, name) ?? 0;
        if (session != 0)
        {
            LibSsl.SSL_set_session(_ssl, session);
            LibSsl.SSL_SESSION_free(session);
        }

        return true;
    }

    private bool TrySetName(string name, bool isVerified)
    {
        bool isAddress = IPAddress.TryParse(name, out _);
        nint parameters = LibSsl.SSL_get0_param(_ssl);
        fixed (byte* bytes = NativeText.ToC(name))
        {
            // RFC 6066 3: an address is no name to ask for.
            if (!isAddress && LibSsl.SSL_ctrl(_ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, bytes) != 1)
            {
                return false;
            }

            if (!isVerified)
            {
                return true;
            }

            LibCrypto.X509_VERIFY_PARAM_set_hostflags(parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
            return (isAddress ? LibCrypto.X509_VERIFY_PARAM_set1_ip_asc(parameters, bytes) : LibSsl.SSL_set1_host(_ssl, bytes)) == 1;
        }
    }

    private bool TryUse(nint native)
    {
        if (!_context.TryUse())
        {
            return false;
        }

        if (TryMake(native))
        {
            return true;
        }

        _context.EndUse();
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
        _context.EndUse();
        _transport.IsHeld = false;
        HandshakeBytes = _transport.ReceivedBytes + _transport.WrittenBytes;
        NoteFacts();
        LibSsl.SSL_set_info_callback(_ssl, TlsCallbacks.OnStateChanged);

        ByteStream inner = _transport.Inner;
        inner.News = this;
        SendLastFlight();

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

    /// <summary>The last flight leaves with the first bytes that are sent, where they can be expected at once: that is one call and
    /// one packet less. The client's is waited for, so that it leaves at the end of the turn at the latest. The server's
    /// in TLS 1.3 is tickets, which nobody waits for: it leaves with the answer to what has come already.</summary>
    private void SendLastFlight()
    {
        bool isTickets = Server is not null && Version == TlsVersion.Tls13;
        _joinsNextSend = _transport.HasUnsent && (isTickets ? MayBringMore : Server is null);
        if (_joinsNextSend && Server is null)
        {
            Loop.Yield(new TlsFlush(this));
        }
        else if (!_joinsNextSend && !_transport.TryFlush())
        {
            SendFilled();
        }
    }

    private TlsHandshake Fail(TlsFailure failure, string text)
    {
        TlsCertificateFault fault = failure == TlsFailure.ServerCertificateInvalid
            ? TlsErrors.FaultOf(LibSsl.SSL_get_verify_result(_ssl))
            : TlsCertificateFault.None;
        _context.EndUse();
        _transport.TryFlush();
        FreeSsl();
        _transport.Dispose();
        return new TlsHandshake(null, failure, text.Length > TlsHandshake.MaxTextLength ? text[..TlsHandshake.MaxTextLength] : text)
        {
            CertificateFault = fault,
            RefusedCertificate = failure == TlsFailure.ClientCertificateInvalid ? _refusedCertificate : null,
            IsUntried = failure is TlsFailure.PeerClosed or TlsFailure.TimedOut && _transport.ReceivedBytes == 0,
        };
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

        TlsFailure failure = TlsErrors.FailureOf(error, isServer: Server is not null);
        return failure != TlsFailure.Protocol || Server is null || !LooksLikeText(_transport.FirstBytes) ? failure
            : _transport.FirstBytes == Http2Preface ? TlsFailure.PlainHttp2
            : TlsFailure.PlainHttp;
    }

    // "PRI ", the first byte lowest.
    private const uint Http2Preface = 'P' | ('R' << 8) | ('I' << 16) | (' ' << 24);

    private string TextOf(TlsFailure failure, ulong error) => failure switch
    {
        TlsFailure.PlainHttp => "HTTP without TLS",
        TlsFailure.PlainHttp2 => "HTTP/2 without TLS",
        TlsFailure.PeerClosed when _transport.ReceiveError != 0 => Errno.Text(_transport.ReceiveError),
        TlsFailure.PeerClosed => "the peer closed the connection during the handshake",
        TlsFailure.NoCertificateForName when _isNameUnfit => "what the client asks for is no host name, and there is no certificate for it",
        TlsFailure.NoCertificateForName when ServerName.Length == 0 => "the client asks for no name, and gets no certificate without",
        TlsFailure.NoCertificateForName => $"no certificate for the name \"{ServerName}\"",
        TlsFailure.ClientCertificateInvalid when _refusedCertificate is { IsOfIssuer: true } => $"{VerifyText()} (an issuer's)",
        TlsFailure.ClientCertificateInvalid or TlsFailure.ServerCertificateInvalid => VerifyText(),
        _ => TlsErrors.TextOf(error),
    };

    private string VerifyText() => NativeText.Of(LibCrypto.X509_verify_cert_error_string(LibSsl.SSL_get_verify_result(_ssl)));

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
