using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Atlas.Engine.Interop;
using static Atlas.Engine.Interop.OpenSslConstants;

namespace Atlas.Engine.Tls;

/// <summary>What OpenSSL asks in a handshake, on the thread of the stream whose handshake it is.</summary>
internal static unsafe class TlsCallbacks
{
    /// <summary>SSL_CTX_set_tlsext_servername_callback.</summary>
    internal static void* OnServerName => (delegate* unmanaged[Cdecl]<nint, int*, void*, int>)&ChooseCertificate;

    /// <summary>SSL_CTX_set_alpn_select_cb.</summary>
    internal static void* OnAlpn => (delegate* unmanaged[Cdecl]<nint, byte**, byte*, byte*, uint, void*, int>)&ChooseProtocol;

    /// <summary>SSL_set_info_callback, after the handshake.</summary>
    internal static void* OnStateChanged => (delegate* unmanaged[Cdecl]<nint, int, int, void>)&NoteState;

    /// <summary>SSL_CTX_set_tlsext_status_cb.</summary>
    internal static void* OnStatusRequest => (delegate* unmanaged[Cdecl]<nint, void*, int>)&StapleResponse;

    /// <summary>SSL_CTX_sess_set_new_cb.</summary>
    internal static void* OnNewSession => (delegate* unmanaged[Cdecl]<nint, nint, int>)&KeepSession;

    /// <summary>SSL_CTX_set_verify, of clients' certificates. It leaves the decision to OpenSSL, which keeps a certificate only once it is
    /// accepted.</summary>
    internal static void* OnClientCertificate => (delegate* unmanaged[Cdecl]<int, nint, int>)&NoteRefusedCertificate;

    /// <summary>A password callback that knows none, so that nobody is asked for one on the terminal.</summary>
    internal static void* OnPassword => (delegate* unmanaged[Cdecl]<byte*, int, int, void*, int>)&RefusePassword;

    /// <summary>The stream of an SSL object.</summary>
    internal static TlsStream StreamOf(nint ssl) => TlsBio.StreamOf(LibSsl.SSL_get_ex_data(ssl, 0));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int ChooseCertificate(nint ssl, int* alert, void* argument)
    {
        TlsStream stream = StreamOf(ssl);
        byte* asked = LibSsl.SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
        ReadOnlySpan<byte> name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(asked);
        TlsServerContext server = stream.Server!;
        bool isKnown = server.TryFind(name, out nint context, out string known);
        stream.NoteServerName(known, isUnfit: asked is not null && known.Length == 0);
        if (!isKnown && server.IsSniStrict)
        {
            stream.Refuse(TlsFailure.NoCertificateForName);
            *alert = SSL_AD_UNRECOGNIZED_NAME;
            return SSL_TLSEXT_ERR_ALERT_FATAL;
        }

        LibSsl.SSL_set_SSL_CTX(ssl, context);
        return isKnown ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int ChooseProtocol(nint ssl, byte** chosen, byte* chosenLength, byte* offered, uint offeredLength, void* argument)
    {
        TlsStream stream = StreamOf(ssl);
        ReadOnlySpan<byte> list = new(offered, (int)offeredLength);
        int at = stream.Server!.Protocols.Choose(list);
        if (at < 0)
        {
            stream.Refuse(TlsFailure.NoSharedProtocol);
            return SSL_TLSEXT_ERR_ALERT_FATAL;
        }

        *chosen = offered + at + 1;
        *chosenLength = list[at];
        return SSL_TLSEXT_ERR_OK;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int StapleResponse(nint ssl, void* argument)
    {
        ReadOnlySpan<byte> response = StreamOf(ssl).Server!.OcspResponseOf(LibSsl.SSL_get_certificate(ssl));
        void* copy = response.IsEmpty ? null : LibCrypto.CRYPTO_malloc((nuint)response.Length, null, 0);
        if (copy is null)
        {
            return SSL_TLSEXT_ERR_NOACK;
        }

        // OpenSSL owns the copy from here on.
        response.CopyTo(new Span<byte>(copy, response.Length));
        LibSsl.SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_STATUS_REQ_OCSP_RESP, response.Length, copy);
        return SSL_TLSEXT_ERR_OK;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int KeepSession(nint ssl, nint session) => StreamOf(ssl).TryKeepSession(session) ? 1 : 0;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int NoteRefusedCertificate(int isGood, nint check)
    {
        if (isGood == 0)
        {
            nint ssl = LibCrypto.X509_STORE_CTX_get_ex_data(check, LibSsl.SSL_get_ex_data_X509_STORE_CTX_idx());
            StreamOf(ssl).NoteRefusedCertificate(TlsRefusedCertificate.Of(check));
        }

        return isGood;
    }

    // Set once the handshake is over: every message that comes then is one that a peer can send without end.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void NoteState(nint ssl, int where, int value)
    {
        if (where == SSL_CB_WRITE_ALERT)
        {
            // The level in the upper byte, the alert in the lower.
            if ((value & 0xFF) == SSL_AD_NO_RENEGOTIATION)
            {
                StreamOf(ssl).NoteMessage(isRenegotiation: true);
            }
        }
        else if ((where & SSL_CB_EXIT) != 0 && value == 1)
        {
            StreamOf(ssl).NoteMessage(isRenegotiation: false);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int RefusePassword(byte* buffer, int length, int isWriting, void* argument) => -1;
}
