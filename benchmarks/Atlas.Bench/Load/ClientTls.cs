using Atlas.Bench.Peers;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Engine.Tls;

namespace Atlas.Bench.Load;

/// <summary>TLS of one client. It offers one version, one cipher suite and one group, the same to all peers, and goes on only
/// where its sessions are resumed as they shall be.</summary>
/// <param name="resumes">Whether every connection after the first resumes the session of the one before.</param>
internal sealed class ClientTls(bool resumes)
{
    // Made once: what it is made from is the same for all.
    private static readonly TlsClientContext Context = new(new TlsClientOptions
    {
        IsVerified = false,
        MinVersion = TlsVersion.Tls13,
        CipherSuites = "TLS_AES_128_GCM_SHA256",
        Groups = "X25519",
        Alpn = ["http/1.1"],
    });

    private readonly TlsClientSessions? _sessions = resumes ? new TlsClientSessions(Context) : null;
    private bool _wasConnected;

    /// <summary>Shakes hands over a connection.</summary>
    /// <returns>The stream, and null; or null, and what went wrong.</returns>
    internal async ResultFlow<(ByteStream? Stream, string? Failure)> ConnectAsync(ByteStream stream)
    {
        long deadlineMs = stream.Loop.NowMs + ClientConnection.TimeoutMs;
        TlsHandshake handshake = await TlsStream.ConnectAsync(stream, Context, _sessions, BenchCertificate.Name, deadlineMs);
        if (handshake.Stream is not { } secure)
        {
            stream.Abort();
            return (null, $"the handshake failed: {handshake.Failure} {handshake.Text}");
        }

        bool shallBeResumed = resumes && _wasConnected;
        _wasConnected = true;
        return secure.IsResumed == shallBeResumed
            ? (secure, null)
            : (secure, shallBeResumed ? "a session was not resumed" : "a session was resumed");
    }
}
