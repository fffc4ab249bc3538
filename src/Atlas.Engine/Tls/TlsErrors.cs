using Atlas.Engine.Interop;
using static Atlas.Engine.Interop.OpenSslConstants;

namespace Atlas.Engine.Tls;

/// <summary>The calling thread's queue of OpenSSL's errors. Whoever makes a call that fails empties it before the next one, so
/// that no failure is taken for another connection's.</summary>
internal static unsafe class TlsErrors
{
    private const int FirstAlertReason = 1000;
    private const int LastAlertReason = 1255;

    /// <summary>Takes the oldest error, which is the cause of those after it, and empties the queue.</summary>
    /// <returns>The error; 0 for none.</returns>
    internal static ulong Take()
    {
        ulong error = LibCrypto.ERR_peek_error();
        LibCrypto.ERR_clear_error();
        return error;
    }

    /// <summary>Takes the oldest error as text, and empties the queue.</summary>
    internal static string TakeText() => TextOf(Take());

    /// <summary>What an error says.</summary>
    internal static string TextOf(ulong error)
    {
        string text = error == 0 ? "" : NativeText.Of(LibCrypto.ERR_reason_error_string(error));
        return text.Length == 0 ? $"error {error:x}" : text.Length > TlsHandshake.MaxTextLength ? text[..TlsHandshake.MaxTextLength] : text;
    }

    /// <summary>What the result of checking a server's certificate means.</summary>
    internal static TlsCertificateFault FaultOf(nint verifyResult) => (int)verifyResult switch
    {
        X509_V_OK => TlsCertificateFault.None,
        X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT or X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY or X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE
            or X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT or X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN => TlsCertificateFault.UnknownAuthority,
        X509_V_ERR_HOSTNAME_MISMATCH or X509_V_ERR_IP_ADDRESS_MISMATCH => TlsCertificateFault.OtherName,
        X509_V_ERR_CERT_HAS_EXPIRED => TlsCertificateFault.Expired,
        X509_V_ERR_CERT_NOT_YET_VALID => TlsCertificateFault.Early,
        _ => TlsCertificateFault.Other,
    };

    /// <summary>What an error of a handshake means.</summary>
    internal static TlsFailure FailureOf(ulong error, bool isServer)
    {
        // err.h: ERR_GET_LIB and ERR_GET_REASON.
        if ((error >> 23 & 0xFF) != ERR_LIB_SSL)
        {
            return error == 0 ? TlsFailure.PeerClosed : TlsFailure.Protocol;
        }

        return (int)(error & 0x7FFFFF) switch
        {
            SSL_R_HTTP_REQUEST or SSL_R_HTTPS_PROXY_REQUEST => TlsFailure.PlainHttp,
            SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE => TlsFailure.ClientCertificateMissing,
            SSL_R_CERTIFICATE_VERIFY_FAILED => isServer ? TlsFailure.ClientCertificateInvalid : TlsFailure.ServerCertificateInvalid,
            SSL_R_NO_APPLICATION_PROTOCOL or SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL => TlsFailure.NoSharedProtocol,
            SSL_R_NO_SHARED_CIPHER or SSL_R_UNSUPPORTED_PROTOCOL or SSL_R_VERSION_TOO_LOW or SSL_R_NO_PROTOCOLS_AVAILABLE
                or SSL_R_NO_SUITABLE_KEY_SHARE or SSL_R_NO_SUITABLE_GROUPS or SSL_R_NO_SHARED_GROUPS
                or SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM or SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS
                or SSL_R_TLSV1_ALERT_PROTOCOL_VERSION => TlsFailure.NoSharedParameters,
            >= FirstAlertReason and <= LastAlertReason => TlsFailure.PeerRefused,
            _ => TlsFailure.Protocol,
        };
    }
}
