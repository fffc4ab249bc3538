using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Proxy.Errors;
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
    private readonly ByteStream _client;
    private readonly Action _ended;
    private readonly ServerConnector _connector;
    private readonly long _beganUs;
    private TwoWayRelay? _relay;
    private ProxyError _error;

    internal TcpSession(TcpContext context, TcpListener listener, ByteStream client, SocketAddress peer, Action ended)
    {
        _context = context;
        _client = client;
        _ended = ended;
        Owner = listener;
        Peer = peer;
        Listener = listener.Snapshot;
        _counters = context.CountersOf(Listener);
        _beganUs = context.Loop.NowUs;
        _connector = new ServerConnector(context, this);
    }

    /// <summary>The listener that accepted it.</summary>
    internal TcpListener Owner { get; }

    /// <summary>What it goes by.</summary>
    internal TcpListenerSnapshot Listener { get; }

    /// <summary>Who the client is.</summary>
    internal SocketAddress Peer { get; }

    /// <summary>The pool that it goes to, as of the snapshot that it began with; null: it was not chosen yet.</summary>
    internal PoolSnapshot? Pool => _connector.Pool;

    /// <summary>The server that it goes to; null: none yet.</summary>
    internal ServerState? Server => _connector.Server;

    /// <summary>Whether nobody is left who would use a connection to a server.</summary>
    internal bool IsOver => _client.IsBroken || _client.IsClosed || _error != ProxyError.None;

    // The links of the worker's list of sessions.
    public TcpSession? Next { get; set; }

    public TcpSession? Previous { get; set; }

    /// <summary>A side closed or broke while nobody received from it. The end of its bytes is found when its turn comes; a
    /// connection that broke ends at once, whoever waits.</summary>
    public void OnPeerClosed(ByteStream stream)
    {
        if (stream.IsBroken)
        {
            Abort(stream == _client ? ProxyError.ClientClosed : ProxyError.UpstreamTruncated);
        }
    }

    internal async Flow RunAsync()
    {
        _context.Sessions.Add(this);
        _counters.ConnectionOpened();
        _client.PeerClosedHandler = this;
        ByteStream? server = await _connector.ConnectAsync(Listener.Pool);
        if (server is null)
        {
            _error = _connector.Error;
        }
        else
        {
            await RelayAsync(server);
        }

        End(server);
    }

    /// <summary>Ends it now, with a reset of both sides.</summary>
    internal void Abort(ProxyError reason)
    {
        _error = _error == ProxyError.None ? reason : _error;
        _connector.CancelWait();
        _relay?.Break(reason);
    }

    private async Flow RelayAsync(ByteStream server)
    {
        server.PeerClosedHandler = this;
        int halfClosedMs = Math.Min(Pool!.TcpHalfClosedMs, Listener.IdleMs);
        _relay = new TwoWayRelay(_client, server, Listener.IdleMs, halfClosedMs, _counters);
        await _relay.RunAsync();
        _error = _error == ProxyError.None ? _relay.Error : _error;
        _connector.End(_relay, _error);
    }

    private void End(ByteStream? server)
    {
        // A connection that was idle for too long ends in order: nothing of it is lost.
        bool inOrder = _error is ProxyError.None or ProxyError.IdleTimeout;
        End(server, inOrder);
        End(_client, inOrder);
        _context.Sessions.Remove(this);
        _counters.SessionEnded(_error, _context.Loop.NowUs - _beganUs);
        _counters.ConnectionClosed();
        _ended();
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
