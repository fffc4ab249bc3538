using Atlas.Engine.Tls;

namespace Atlas.Proxy.Metrics;

/// <summary>A cell for each way in which a handshake of TLS with a client ends.</summary>
internal static class HandshakeCells
{
    /// <summary>The labels that the cells are published under.</summary>
    internal static readonly string[] Names =
    [
        "full",
        "resumed",
        "timeout",
        "closed",
        "plain_http",
        "unknown_name",
        "certificate_missing",
        "certificate_invalid",
        "no_shared_parameters",
        "no_shared_protocol",
        "refused_by_client",
        "protocol",
        "internal",
    ];

    private const int Full = 0;
    private const int Resumed = 1;

    /// <summary>The cell of an end; -1 for one that is nobody's fault.</summary>
    internal static int Of(in TlsHandshake handshake) => handshake.Failure switch
    {
        TlsFailure.None => handshake.Stream!.IsResumed ? Resumed : Full,
        TlsFailure.TimedOut => 2,
        TlsFailure.PeerClosed => 3,
        TlsFailure.PlainHttp or TlsFailure.PlainHttp2 => 4,
        TlsFailure.NoCertificateForName => 5,
        TlsFailure.ClientCertificateMissing => 6,
        TlsFailure.ClientCertificateInvalid => 7,
        TlsFailure.NoSharedParameters => 8,
        TlsFailure.NoSharedProtocol => 9,
        TlsFailure.PeerRefused => 10,
        TlsFailure.Protocol or TlsFailure.ServerCertificateInvalid => 11,
        TlsFailure.Internal => 12,
        TlsFailure.Cancelled => -1,
        _ => -1,
    };
}
