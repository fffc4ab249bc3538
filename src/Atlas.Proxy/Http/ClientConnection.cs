using System.Net;
using Atlas.Core.Configuration;
using Atlas.Engine.Streams;
using Atlas.Engine.Tls;
using Atlas.Protocols.ProxyProtocol;
using Atlas.Proxy.Connections;
using Atlas.Proxy.Forwarding;
using Atlas.Proxy.Logging;
using Atlas.Proxy.Snapshots;
using Atlas.Proxy.Upstream;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Proxy.Http;

/// <summary>Who is at the other end of a client's connection, whatever it speaks: the same for all of its requests.</summary>
internal sealed class ClientConnection(HttpListener listener, ListenerView view, SocketAddress peer, Action ended)
{
    private SocketAddress? _destination;
    private ProxyOrigin? _origin;
    private TlsFacts? _facts;
    private bool _asksForCertificates;

    /// <summary>The listener that accepted it.</summary>
    internal HttpListener Owner => listener;

    /// <summary>What counts and logs its requests.</summary>
    internal ListenerView View => view;

    /// <summary>The peer's address: the client that a PROXY protocol header told of, or the socket's.</summary>
    internal SocketAddress Peer { get; private set; } = peer;

    /// <summary>The peer's address as text; empty on a unix socket.</summary>
    internal byte[] PeerIp { get; private set; } = PeerText.Of(peer);

    /// <summary>The client's TLS that ends here; null: it speaks without.</summary>
    internal TlsStream? Tls { get; private set; }

    /// <summary>Whether TLS of the client ends here.</summary>
    internal bool IsSecure => Tls is not null;

    /// <summary>What access logs say of the client's TLS. Made when it is first asked for.</summary>
    internal TlsRecord TlsRecord => Tls is null ? default : (_facts ??= new TlsFacts(Tls, _asksForCertificates)).ToRecord();

    /// <summary>What servers are told of the client's certificate; null: clients are not asked for one.</summary>
    internal ClientCertificateFields? Certificate { get; private set; }

    /// <summary>Goes on over TLS.</summary>
    internal void Take(TlsStream tls, TlsServerContext context)
    {
        Tls = tls;
        _asksForCertificates = context.AsksForCertificates;
        Certificate = tls.ClientCertificate is { } shown ? new ClientCertificateFields(shown.Subject, shown.Fingerprint)
            : context.AsksForCertificates ? ClientCertificateFields.None
            : null;
    }

    /// <summary>Goes on with those whom a PROXY protocol header names.</summary>
    internal void Is(in ProxyEndpoint client, in ProxyEndpoint destination)
    {
        Peer = SocketAddress.OfIp(new IPAddress(client.Ip), client.Port);
        PeerIp = PeerText.Of(Peer);
        _destination = SocketAddress.OfIp(new IPAddress(destination.Ip), destination.Port);
    }

    /// <summary>Whom the servers of a pool are told of by the PROXY protocol; null: they are not.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="session">Who asks; its stream knows what the client connected to.</param>
    internal ProxyOrigin? OriginFor(PoolSnapshot pool, Downstream session) => pool.SendProxyProtocol == ProxyProtocolVersion.None
        ? null
        : _origin ??= new ProxyOrigin(Peer, _destination ?? session.Client.LocalAddress, Tls);

    /// <summary>It has been closed. It counts as open for as long as bytes are kept for the client, which a drain does not wait for
    /// without end.</summary>
    /// <param name="context">The worker's.</param>
    /// <param name="stream">Its stream.</param>
    internal void End(WorkerContext context, ByteStream stream) => context.Lingering.Add(Owner, stream, Owner.IsDraining, ended);

    /// <summary>No further request comes on it: connections to servers that opened for it are of no use any more.</summary>
    internal void EndOrigin() => _origin?.End();
}
