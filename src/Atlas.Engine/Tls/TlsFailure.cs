namespace Atlas.Engine.Tls;

/// <summary>Why a handshake failed.</summary>
public enum TlsFailure : byte
{
    /// <summary>It did not.</summary>
    None,

    /// <summary>The deadline passed.</summary>
    TimedOut,

    /// <summary>The waits of the stream below were cancelled, or it was closed on this side.</summary>
    Cancelled,

    /// <summary>The peer closed or reset the connection without saying why.</summary>
    PeerClosed,

    /// <summary>The peer speaks HTTP or the like without TLS. Nothing was sent, so that the caller can answer.</summary>
    PlainHttp,

    /// <summary>The same of HTTP/2, which begins with a preface (RFC 9113 3.4).</summary>
    PlainHttp2,

    /// <summary>No certificate is there for the name that the client asked for, or it asked for none, and that is refused.</summary>
    NoCertificateForName,

    /// <summary>The client showed no certificate, and has to.</summary>
    ClientCertificateMissing,

    /// <summary>The client's certificate is not accepted; the text says why.</summary>
    ClientCertificateInvalid,

    /// <summary>The server's certificate is not accepted; the text says why.</summary>
    ServerCertificateInvalid,

    /// <summary>Both sides speak TLS and have no version, cipher, group or signature algorithm in common.</summary>
    NoSharedParameters,

    /// <summary>No protocol of the other side's list (ALPN) is in ours.</summary>
    NoSharedProtocol,

    /// <summary>The peer refused with an alert; the text names it.</summary>
    PeerRefused,

    /// <summary>The peer broke the protocol: what came is no TLS, or it was changed on its way.</summary>
    Protocol,

    /// <summary>This side could not: no memory, or the context was disposed.</summary>
    Internal,
}
