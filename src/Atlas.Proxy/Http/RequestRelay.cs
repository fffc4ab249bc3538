using Atlas.Core.Balancing;
using Atlas.Engine.Buffers;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Engine.Timers;
using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;
using Atlas.Proxy.Errors;
using Atlas.Proxy.Forwarding;
using Atlas.Proxy.Snapshots;
using Atlas.Proxy.Upstream;

namespace Atlas.Proxy.Http;

/// <summary>Takes one parsed request to a server and its response back. Reads from top to bottom: choose a server, send,
/// await the head, relay. Part of its exchange and reused with it.</summary>
internal sealed class RequestRelay(Exchange x) : IPeerClosedHandler, ITimerTarget
{
    // Times that a request may meet the closing of a kept connection before a fresh one is forced.
    private const int MaxRaces = 2;

    private readonly byte[] _requestId = new byte[RequestIds.Length];
    private WorkerContext _context = null!;
    private HttpSession _session = null!;

    // Made once it is needed: few routes limit the time of a whole exchange.
    private LoopTimer? _deadline;

    /// <summary>The loop's time at which the exchange must have ended; <see cref="long.MaxValue"/>: never.</summary>
    internal long DeadlineMs => _deadline?.DeadlineMs ?? long.MaxValue;

    private HttpListenerSnapshot Listener => _session.Listener;

    private PoolSnapshot Pool => x.Pool!;

    /// <summary>The client's address as text; empty when unknown.</summary>
    private ReadOnlySpan<byte> ClientIp => x.Client.IsEmpty ? _session.PeerIp : x.Client.Of(x.In!.Span);

    public void OnPeerClosed(ByteStream stream)
    {
        x.ClientGone = true;
        x.Connection?.Stream.CancelWaits();
    }

    /// <summary>The exchange took longer than its route allows: whatever it waits for, it waits no more.</summary>
    public void OnTimer(LoopTimer timer)
    {
        x.IsExpired = true;
        _session.Client.CancelWaits();
        x.Connection?.Stream.CancelWaits();
    }

    /// <summary>The request's id, as servers and logs get it.</summary>
    internal ReadOnlySpan<byte> RequestIdOf(HttpSession session)
    {
        int brought = session.IsPeerTrusted ? x.Request.Headers.IndexOf(KnownHeader.XRequestId) : -1;
        return brought >= 0 ? x.Request.Headers[brought].Value.Of(x.HeadBytes) : x.Attempts > 0 ? _requestId : default;
    }

    internal async Flow RunAsync(WorkerContext context, HttpSession session)
    {
        _context = context;
        _session = session;
        session.Client.PeerClosedHandler = this;
        MakeRequestId();
        BeginDeadline();
        context.Mirrors.Begin(session, x);
        int retries = Pool.Retries;
        int races = 0;
        while (true)
        {
            ServerState? server = Pick(out int index);
            if (server is null)
            {
                x.Error = x.Error == ProxyError.None ? ProxyError.NoHealthyServer : x.Error;
                break;
            }

            bool reused;
            do
            {
                reused = await TryServerAsync(server, fresh: races >= MaxRaces || NeedsFreshConnection());
            }
            while (x.Error == ProxyError.UpstreamReset && reused && MayRepeat() && races++ < MaxRaces);
            server.Balancing.End();

            if (retries == 0 || x.ClientGone || !MayTryAnother() || !x.TryExclude(index))
            {
                break;
            }

            retries--;
        }

        session.Client.PeerClosedHandler = null;
        EndDeadline();
        x.Mirror?.OriginalEnded(x.RequestBodyDone);
        x.Mirror = null;
    }

    /// <summary>Lifts the limit on the time of the whole exchange: it has ended, or has become a tunnel.</summary>
    internal void EndDeadline()
    {
        _deadline?.Clear();
        if (x.IsExpired)
        {
            _session.ResetCancel();
        }
    }

    private void BeginDeadline()
    {
        if (x.Route!.RequestMs != int.MaxValue)
        {
            _deadline ??= new LoopTimer(_context.Loop.Timers, this);
            _deadline.Set(_context.Loop.NowMs + x.Route.RequestMs);
        }
    }

    /// <summary>Picks the next server and begins a request there.</summary>
    private ServerState? Pick(out int index)
    {
        ulong key = 0;
        var request = new PickRequest
        {
            Excluded = x.Tried,
            Random = _context.RandomBits(),
            NowUs = _context.Loop.NowUs,
            HasKey = Pool.Keys?.TryHash(x.HeadBytes, x.Request, ClientIp, out key) == true,
            Key = key,
        };
        while (true)
        {
            ServerState? server = Pool.Pick(request, out index);
            if (server is null || server.Balancing.TryBegin())
            {
                return server;
            }
        }
    }

    /// <summary>One try at one server.</summary>
    /// <returns>Whether it went over a kept connection.</returns>
    private async ResultFlow<bool> TryServerAsync(ServerState server, bool fresh)
    {
        x.Error = ProxyError.None;
        x.ResetAttempt();
        x.Attempts++;
        x.Server = server;
        x.Connections = _context.To(server);
        x.Connections.Counters.AttemptBegan(isRetry: x.Attempts > 1);
        x.Connection = fresh ? null : x.Connections.TakeIdle(_context.Loop.NowMs, CanRepeat());
        x.ReusedUpstream = x.Connection is not null;
        if (!x.ReusedUpstream)
        {
            await ConnectAsync(server);
        }

        if (x.Error == ProxyError.None)
        {
            x.ConnectedUs = _context.Loop.NowUs;
            await ExchangeAsync();
        }

        if (x.IsExpired && x.Error != ProxyError.None)
        {
            x.Error = ProxyError.UpstreamTimeout;
        }

        x.Connections.Counters.AttemptEnded(
            x.ResponseUs == 0 ? 0 : x.Response.Status,
            x.Error.IsClients() ? ProxyError.None : x.Error,
            x.ResponseUs == 0 ? -1 : x.ResponseUs - x.ConnectedUs);
        if (Pool.ObservesLatency && IsServersFailure())
        {
            server.Balancing.ObserveFailure(_context.Loop.NowUs);
        }

        Release();
        return x.ReusedUpstream;
    }

    /// <summary>RFC 9110 9.2.2: without any response byte, a request may be sent again if none of its bytes left, or if
    /// its method is idempotent and its body can be sent again.</summary>
    private bool MayRepeat() => !x.ResponseBytesSeen && !x.ClientGone && !_session.IsAborted && !x.IsExpired
        && (!x.RequestBytesSent || CanRepeat());

    private bool CanRepeat() => x.Request.Method.IsIdempotent() && x.HasWholeBody;

    /// <summary>Whether the server failed the try. That it closed a kept connection just then says nothing of it.</summary>
    private bool IsServersFailure() => x.Error != ProxyError.None && !x.Error.IsClients()
        && !(x.Error == ProxyError.UpstreamReset && x.ReusedUpstream);

    private bool MayTryAnother() => !_session.IsAborted && !x.IsExpired && x.Error switch
    {
        ProxyError.ConnectFailed or ProxyError.ConnectTimeout => Pool.RetryOnConnectFailure,
        ProxyError.UpstreamReset => Pool.RetryOnReset && MayRepeat(),
        _ => false,
    };

    private bool NeedsFreshConnection() => Pool.FreshForNonIdempotent && !x.Request.Method.IsIdempotent();

    private async Flow ConnectAsync(ServerState server)
    {
        long deadlineMs = Math.Min(_context.Loop.NowMs + Pool.ConnectMs, DeadlineMs);
        ConnectResult result = await _context.Loop.ConnectAsync(server.Address, deadlineMs);
        if (result.Stream is null)
        {
            x.IsExpired |= _context.Loop.NowMs >= DeadlineMs;
            x.Error = result.Error == Engine.Interop.Errno.ETIMEDOUT
                ? ProxyError.ConnectTimeout
                : ProxyError.ConnectFailed;
            return;
        }

        x.Connections!.Counters.Connected();
        x.Connection = new UpstreamConnection(x.Connections, result.Stream);
        if (x.ClientGone || _session.IsAborted || x.IsExpired)
        {
            x.Error = ProxyError.ClientClosed;
        }
    }

    private async Flow ExchangeAsync()
    {
        ByteStream server = x.Connection!.Stream;
        x.ServerSend.Begin(_context.Loop.NowMs, Pool.ResponseMs, bytesPerSecond: 0);
        if (!await SendHeadAsync(server))
        {
            if (x.Error == ProxyError.None)
            {
                x.Error = x.ClientGone ? ProxyError.ClientClosed : ProxyError.UpstreamReset;
            }

            return;
        }

        bool sendsBody = !x.RequestBodyDone;
        x.BodyFollows = sendsBody;
        Flow body = sendsBody ? BodyRelay.SendRequestBodyAsync(x, _session) : default;
        await ResponseRelay.RunAsync(_context, _session, x, Pool);
        if (sendsBody)
        {
            if (!x.RequestBodyDone)
            {
                // The server answered, or failed, before the client had sent all: nobody reads the rest.
                x.KeepClient = false;
                x.ReuseUpstream = false;
                server.CancelWaits();
                _session.Client.CancelWaits();
            }

            await body;
            _session.ResetCancel();
        }

        if (x.ClientGone && x.Error is not (ProxyError.None or ProxyError.ClientSlow))
        {
            x.Error = ProxyError.ClientClosed;
        }
    }

    /// <summary>Sends the head, and what of the body came with it unless it has to be re-framed.</summary>
    private async ResultFlow<bool> SendHeadAsync(ByteStream server)
    {
        NativeBuffer? head = _context.Loop.Buffers.TryRent(x.In!.Size);
        if (head is null)
        {
            x.Error = ProxyError.Overload;
            return false;
        }

        int length = WriteHead(head);
        if (length < 0 && head.Size == BufferSize.Small)
        {
            // What the proxy adds did not fit behind a head that just did.
            head.Return();
            head = _context.Loop.Buffers.TryRent(BufferSize.Large);
            length = head is null ? -1 : WriteHead(head);
        }

        if (length < 0)
        {
            x.Error = ProxyError.Overload;
            head?.Return();
            return false;
        }

        int inline = x.Request.Framing == BodyFraming.Length
            ? (int)Math.Min(x.InEnd - x.InStart, x.BodyLeft)
            : 0;
        bool sent = await StreamWrites.SendAsync(server, x.ServerSend, head!, length, x.In!, x.InStart, inline);
        head!.Return();
        x.RequestBytesSent = x.ServerSend.Bytes > 0;
        if (x.Mirror is { } copy && sent)
        {
            copy.Rewind();
            copy.Append(x.In!.Span.Slice(x.InStart, inline));
        }

        x.InStart += inline;
        x.BodyLeft -= inline;
        x.RequestBodyBytes = inline;
        x.RequestWireBytes = x.Request.Length + inline;
        x.RequestBodyDone = x.Request.Framing != BodyFraming.Chunked && x.BodyLeft == 0;
        return sent;
    }

    private void MakeRequestId()
    {
        if (!_session.IsPeerTrusted || !x.Request.Headers.Contains(KnownHeader.XRequestId))
        {
            RequestIds.Write(_requestId);
        }
    }

    /// <summary>Writes the head of a copy for a mirror.</summary>
    /// <returns>Its length, or -1 if it does not fit.</returns>
    internal int WriteCopiedHead(NativeBuffer destination) => WriteHead(destination, isCopy: true);

    private int WriteHead(NativeBuffer destination, bool isCopy = false)
    {
        var origin = new ClientOrigin
        {
            Listener = Listener,
            PeerIp = _session.PeerIp,
            ClientIp = ClientIp,
            IsPeerTrusted = _session.IsPeerTrusted,
            RequestId = _requestId,
            IsCopy = isCopy,
        };
        return RequestForwarder.Write(destination.Span, x.In!.Span, x.Request, origin, x.Route!.Request, _context.Paths);
    }

    private void Release()
    {
        x.ReturnUp();
        UpstreamConnection? connection = x.Connection;
        x.Connection = null;
        if (connection is null)
        {
            return;
        }

        connection.Stream.ResetCancel();
        if (x.ReuseUpstream && x.Error == ProxyError.None && !connection.Stream.IsPeerClosed)
        {
            x.Connections!.GiveBack(connection, Pool, _context.Loop.NowMs, x.ServerIdleMs);
        }
        else if (x.Error == ProxyError.None)
        {
            connection.Close();
        }
        else
        {
            connection.Abort();
        }
    }
}
