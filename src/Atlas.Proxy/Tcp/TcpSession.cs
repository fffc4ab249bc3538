using System.Text;
using Atlas.Core.Configuration;
using Atlas.Engine.Buffers;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Proxy.Connections;
using Atlas.Proxy.Errors;
using Atlas.Proxy.Logging;
using Atlas.Proxy.Metrics;
using Atlas.Proxy.Relaying;
using Atlas.Proxy.Snapshots;

namespace Atlas.Proxy.Tcp;

/// <summary>One client connection that is passed on unread, from accept to close: find a server that takes it, pass bytes both
/// ways, end both sides alike. While it idles it holds no buffer.</summary>
internal sealed class TcpSession : IPeerClosedHandler, ISessionLinks<TcpSession>
{
    private readonly TcpContext _context;
    private readonly ListenerCounters _counters;
    private readonly Action _ended;
    private readonly ServerConnector _connector;
    private readonly ConnectionOpening _opening;
    private readonly long _beganUs;
    private TwoWayRelay? _relay;
    private ProxyError _error;

    internal TcpSession(TcpContext context, TcpListener listener, ByteStream client, SocketAddress peer, Action ended)
    {
        _context = context;
        _ended = ended;
        Owner = listener;
        Listener = listener.Snapshot;
        _counters = context.CountersOf(Listener);
        _beganUs = context.Loop.NowUs;
        _opening = new ConnectionOpening(Listener, client, peer, _counters);
        _connector = new ServerConnector(context, this);
    }

    private ByteStream Client => _opening.Stream;

    /// <summary>The listener that accepted it.</summary>
    internal TcpListener Owner { get; }

    /// <summary>What it goes by.</summary>
    internal TcpListenerSnapshot Listener { get; }

    /// <summary>Who the client is.</summary>
    internal SocketAddress ClientAddress => _opening.Client;

    /// <summary>The server name of its ClientHello; empty: none was read.</summary>
    internal ReadOnlySpan<byte> ServerName => _opening.ServerName.Span;

    /// <summary>The pool that it goes to, as of the snapshot that it began with; null: it was not chosen yet.</summary>
    internal PoolSnapshot? Pool => _connector.Pool;

    /// <summary>The server that it goes to, or that was tried last; null: none yet.</summary>
    internal ServerState? Server => _connector.Server;

    /// <summary>Whether nobody is left who would use a connection to a server.</summary>
    internal bool IsOver => Client.IsBroken || Client.IsClosed || _error != ProxyError.None;

    // The links of the worker's list of sessions.
    public TcpSession? Next { get; set; }

    public TcpSession? Previous { get; set; }

    /// <summary>A side closed or broke while nobody received from it. The end of its bytes is found when its turn comes; a
    /// connection that broke ends as soon as what that side had said was passed on, whoever waits.</summary>
    public void OnPeerClosed(ByteStream stream)
    {
        if (!stream.IsBroken)
        {
            return;
        }

        if (_relay is null)
        {
            Abort(stream == Client ? ProxyError.ClientClosed : ProxyError.UpstreamTruncated);
        }
        else
        {
            _relay.SideBroke(isServer: stream != Client);
        }
    }

    /// <summary>Whether bytes go to a server, and not only a connect.</summary>
    internal bool IsConnectedTo(ServerState server) => _relay is not null && Server == server;

    internal async Flow RunAsync()
    {
        _context.Sessions.Add(this);
        _counters.ConnectionOpened();
        ByteStream connection = Client;
        connection.PeerClosedHandler = this;
        PoolSnapshot? pool = await _opening.RunAsync();
        if (Client != connection)
        {
            // What happens to the connection below TLS, the stream over it tells.
            connection.PeerClosedHandler = null;
            Client.PeerClosedHandler = this;
        }

        ByteStream? server = pool is null || IsOver ? null : await _connector.ConnectAsync(pool);
        if (server is not null)
        {
            await RelayAsync(server);
        }
        else if (_error == ProxyError.None)
        {
            _error = _opening.Error != ProxyError.None ? _opening.Error
                : _connector.Error != ProxyError.None ? _connector.Error
                : ProxyError.ClientClosed;
        }

        // The log has what was received.
        End(server);
        _opening.Release();
    }

    /// <summary>Makes the header that goes before a handshake with the server.</summary>
    /// <param name="version">Which form; none: there is none to make.</param>
    /// <param name="length">Its bytes.</param>
    /// <returns>A buffer, the caller's to give back; null: there is nothing to send or, if there are bytes, no memory.</returns>
    internal NativeBuffer? TryMakeHeader(ProxyProtocolVersion version, out int length)
    {
        length = 0;
        return version == ProxyProtocolVersion.None
            ? null
            : OutgoingHeader.TryPrepend(version, _opening, Client, out length, withReceived: false);
    }

    /// <summary>The address that the client connected to; null: none is known.</summary>
    internal SocketAddress? LocalAddress => Client.LocalAddress;

    /// <summary>Ends it now, with a reset of both sides.</summary>
    internal void Abort(ProxyError reason)
    {
        _error = _error == ProxyError.None ? reason : _error;
        _connector.CancelWait();
        if (_relay is null)
        {
            Client.CancelWaits();
        }
        else
        {
            _relay.Break(reason);
        }
    }

    private async Flow RelayAsync(ByteStream server)
    {
        server.PeerClosedHandler = this;
        int halfClosedMs = Math.Min(Pool!.TcpHalfClosedMs, Listener.IdleMs);
        _relay = new TwoWayRelay(Client, server, Listener.IdleMs, halfClosedMs, _counters);
        NativeBuffer? first = _opening.Received;
        int length = _opening.ReceivedLength;
        if (Pool.SendProxyProtocol != ProxyProtocolVersion.None && Pool.Tls is null)
        {
            first = OutgoingHeader.TryPrepend(Pool.SendProxyProtocol, _opening, Client, out length);
        }

        if (first is null && length > 0)
        {
            _relay.Break(ProxyError.Overload);
        }

        await _relay.RunAsync(first, length, _opening.ReceivedLength);
        if (first != _opening.Received)
        {
            first?.Return();
        }

        _error = _error == ProxyError.None ? _relay.Error : _error;
        _connector.End(_relay, _error);
    }

    private void End(ByteStream? server)
    {
        // A connection that was idle for too long ends in order: nothing of it is lost.
        bool inOrder = _error is ProxyError.None or ProxyError.IdleTimeout;
        End(server, inOrder);
        End(Client, inOrder);
        _context.Sessions.Remove(this);
        Log();
        _counters.SessionEnded(_error, _context.Loop.NowUs - _beganUs);
        _counters.ConnectionClosed();

        // Bytes that are kept for a client after the close of its TLS count as a connection.
        _context.Lingering.Add(Owner, Client, Owner.IsDraining, _ended);
    }

    private void Log()
    {
        if (Listener.AccessLog.Count == 0)
        {
            return;
        }

        long endUs = _context.Loop.NowUs;
        Span<byte> failed = stackalloc byte[_connector.Failed is null ? 0 : LineBounds.TriesField];
        failed = failed[..(_connector.Failed?.Write(failed) ?? 0)];
        Listener.AccessLog[_context.Index].Write(new StreamRecord
        {
            UnixMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(),
            Protocol = "tcp"u8,
            ClientIp = PeerText.Of(ClientAddress),
            ClientPort = ClientAddress.Port,
            Listener = Encoding.UTF8.GetBytes(Listener.Name),
            Pool = Pool is null ? default : Pool.NameBytes,
            Server = Server is null ? default : Server.NameBytes,
            Tls = _opening.TlsRecord,
            Error = _error,
            EndedFirst = _relay?.ServerEndedFirst switch { true => "server"u8, false => "client"u8, null => default },
            Detail = Encoding.UTF8.GetBytes(_connector.Detail.Length > 0 ? _connector.Detail : _opening.Detail),
            Attempts = _connector.Attempts,
            FailedTries = failed,
            BytesReceived = _relay?.BytesUp ?? _opening.ReceivedLength,
            BytesSent = _relay?.BytesDown ?? 0,
            QueueMs = (int)(_connector.QueuedUs / 1000),
            ConnectMs = _connector.Attempts == 0 ? AccessTimers.NotReached : (int)(_connector.ConnectingUs / 1000),
            DurationMs = (endUs - _beganUs) / 1000,
        });
    }

    private static void End(ByteStream? stream, bool inOrder)
    {
        if (inOrder)
        {
            stream?.Close();
        }
        else
        {
            stream?.Abort();
        }
    }
}
