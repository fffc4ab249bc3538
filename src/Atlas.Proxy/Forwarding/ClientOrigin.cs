using Atlas.Proxy.Snapshots;
using Atlas.Proxy.UserSessions;

namespace Atlas.Proxy.Forwarding;

/// <summary>What is known of where a request came from, as the forwarding fields tell it.</summary>
internal readonly ref struct ClientOrigin
{
    /// <summary>The listener, which says how forwarding fields are written.</summary>
    internal HttpListenerSnapshot Listener { get; init; }

    /// <summary>The peer's address as text; empty on a unix socket.</summary>
    internal ReadOnlySpan<byte> PeerIp { get; init; }

    /// <summary>The client's address as text: the peer's, or what trusted peers say; empty when unknown.</summary>
    internal ReadOnlySpan<byte> ClientIp { get; init; }

    /// <summary>Whether the peer is one whose forwarding fields are believed.</summary>
    internal bool IsPeerTrusted { get; init; }

    /// <summary>Whether TLS of the client ends here.</summary>
    internal bool IsSecure { get; init; }

    /// <summary>Whether the request came as one of HTTP/2.</summary>
    internal bool IsHttp2 { get; init; }

    /// <summary>What servers are told of the client's certificate; null: clients are not asked for one.</summary>
    internal ClientCertificateFields? Certificate { get; init; }

    /// <summary>Whether the head is for a mirror's copy of the request.</summary>
    internal bool IsCopy { get; init; }

    /// <summary>The session of the client, which servers get and copies do not; null: none.</summary>
    internal UserSession? Session { get; init; }

    /// <summary>The request's id if it brings none that is believed.</summary>
    internal ReadOnlySpan<byte> RequestId { get; init; }
}
