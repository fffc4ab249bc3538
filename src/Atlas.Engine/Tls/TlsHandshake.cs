namespace Atlas.Engine.Tls;

/// <summary>How a handshake ended.</summary>
/// <param name="Stream">The stream that bytes go over from now on; it owns the one below. Null on failure: the one below is
/// then still open and the caller's.</param>
/// <param name="Failure">Why there is none.</param>
/// <param name="Text">Says more about a failure, for logs: at most <see cref="MaxTextLength"/> printable characters, which a peer
/// may have chosen a part of; empty on success.</param>
public readonly record struct TlsHandshake(TlsStream? Stream, TlsFailure Failure, string Text)
{
    /// <summary>The longest text.</summary>
    public const int MaxTextLength = 256;

    /// <summary>Whether the peer left, or let the time pass, without having sent a byte, as browsers and checks of ports do that open
    /// connections ahead: no handshake began that could have failed.</summary>
    public bool IsUntried { get; init; }

    /// <summary>Why the server's certificate was not accepted, if that is the failure.</summary>
    public TlsCertificateFault CertificateFault { get; init; }

    /// <summary>The client's certificate that was not accepted, if that is the failure.</summary>
    public TlsRefusedCertificate? RefusedCertificate { get; init; }
}
