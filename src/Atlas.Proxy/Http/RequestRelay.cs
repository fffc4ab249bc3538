using Atlas.Core.Balancing;
using Atlas.Core.Health;
using Atlas.Core.Resilience;
using Atlas.Engine.Buffers;
using Atlas.Engine.Flows;
using Atlas.Engine.Interop;
using Atlas.Engine.Streams;
using Atlas.Engine.Timers;
using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;
using Atlas.Proxy.Errors;
using Atlas.Proxy.Forwarding;
using Atlas.Proxy.Retries;
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
    private readonly RetryPlan _retries = new(x);
    private WorkerContext _context = null!;
    private HttpSession _session = null!;

    // Made once it is needed: few routes limit the time of a whole exchange.
    private LoopTimer? _deadline;

    // Milliseconds that the try at hand spent connecting in vain, and what the last one said of its server.
    private int _connectMs;
    private ServerOutcome _outcome;

    /// <summary>The loop's time at which the exchange must have ended; <see cref="long.MaxValue"/>: never.</summary>
    internal long DeadlineMs => _deadline?.DeadlineMs ?? long.MaxValue;

    /// <summary>Whether a response is dropped, of which the client got nothing yet, as another server is tried.</summary>
    internal bool DropsResponse() => _retries.DropsResponse();

    private HttpListenerSnapshot Listener => _session.Listener;

    private PoolSnapshot Pool => x.Pool!;

    /// <summary>The client's address as text; empty when unknown.</summary>
    private ReadOnlySpan<byte> ClientIp => x.Client.IsEmpty ? _session.PeerIp : x.Client.Of(x.In!.Span);

    public void OnPeerClosed(ByteStream stream)
    {
        x.ClientGone = true;
        CancelWaits();
    }

    /// <summary>The exchange took longer than its route allows: whatever it waits for, it waits no more.</summary>
    public void OnTimer(LoopTimer timer)
    {
        x.IsExpired = true;
        _session.Client.CancelWaits();
        CancelWaits();
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
        x.HasKey = Pool.Keys?.TryHash(x.HeadBytes, x.Request, ClientIp, out x.Key) == true;
        CircuitBreaker? breaker = Pool.CircuitBreaker;
        CircuitPass pass = default;
        if (breaker is null || TryPass(breaker, out pass))
        {
            _outcome = ServerOutcome.None;
            await TryServersAsync();
            if (breaker?.Report(pass, _outcome, context.Loop.NowMs) is CircuitState state)
            {
                Pool.Observer?.CircuitChanged(Pool.Name, pass.IsProbe ? CircuitState.HalfOpen : CircuitState.Closed, state);
            }
        }
        else
        {
            x.Error = ProxyError.CircuitOpen;
        }

        if (x.IsExpired && x.Error != ProxyError.None)
        {
            x.Error = ProxyError.UpstreamTimeout;
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

    /// <summary>Ends whatever the request waits for, but for the client.</summary>
    internal void CancelWaits()
    {
        x.Connection?.Stream.CancelWaits();
        x.Waiter?.Cancel();
        _retries.Cancel();
    }

    private bool TryPass(CircuitBreaker breaker, out CircuitPass pass)
    {
        pass = breaker.TryPass(_context.Loop.NowMs);
        if (pass.IsFirstProbe)
        {
            Pool.Observer?.CircuitChanged(Pool.Name, CircuitState.Open, CircuitState.HalfOpen);
        }

        return pass.IsAllowed;
    }

    private async Flow TryServersAsync()
    {
        _retries.Begin(_context, _session);
        int races = 0;
        bool goesOn = true;
        while (goesOn && await ChooseAsync() is ServerState server)
        {
            bool isRace;
            do
            {
                bool reused = await TryServerAsync(server, fresh: races >= MaxRaces || NeedsFreshConnection());
                isRace = reused && x.Error == ProxyError.UpstreamReset && races++ < MaxRaces && MayRepeat();
                if (isRace)
                {
                    // The server closed the connection for being idle: that says nothing of it.
                    x.Failed.Add(server, x.Error, status: 0);
                }
            }
            while (isRace);

            _outcome = AttemptOutcome.Report(_context, _session, x, server);
            goesOn = _retries.GoesOn(_connectMs);
            if (goesOn)
            {
                x.Failed.Add(server, x.Error, x.Error == ProxyError.None ? x.Response.Status : 0);
            }

            Pool.End(server, _context.Loop);
            goesOn = goesOn && await _retries.PauseAsync();
        }

        _retries.End();
    }

    /// <summary>The server of the next try, which has begun the request; null: there is none, and the exchange's error says
    /// why.</summary>
    private async ResultFlow<ServerState?> ChooseAsync()
    {
        int index = _retries.TakeReserved();
        if (index < 0)
        {
            ServerChoice.TryTake(_context, x, out index);
        }

        if (index == Balancer.Full)
        {
            index = await ServerChoice.WaitAsync(_context, x);
        }

        if (index < 0)
        {
            x.Error = x.Error == ProxyError.None ? ProxyError.NoHealthyServer : x.Error;
            return null;
        }

        x.ServerIndex = index;
        x.QueuedUs = Math.Max(x.QueuedUs, 0);
        ServerState server = Pool.Servers[index];
        if (x.ClientGone || _session.IsAborted || x.IsExpired)
        {
            // It left while it waited, just when its turn came.
            x.Error = ProxyError.ClientClosed;
            Pool.End(server, _context.Loop);
            return null;
        }

        return server;
    }

    /// <summary>One try at one server.</summary>
    /// <returns>Whether it went over a kept connection.</returns>
    private async ResultFlow<bool> TryServerAsync(ServerState server, bool fresh)
    {
        x.Error = ProxyError.None;
        x.ResetAttempt();
        x.Attempts++;
        _connectMs = 0;
        x.Server = server;
        x.Connections = _context.To(server);
        x.Connections.Counters.AttemptBegan(isRetry: x.Attempts > 1);
        x.Connection = fresh ? null : x.Connections.TakeIdle(_context.Loop.NowMs, x.CanRepeat);
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
        && (!x.RequestBytesSent || x.CanRepeat);

    /// <summary>Whether the server failed the try. That it closed a kept connection just then says nothing of it.</summary>
    private bool IsServersFailure() => x.Error != ProxyError.None && !x.Error.IsClients()
        && !(x.Error == ProxyError.UpstreamReset && x.ReusedUpstream);

    private bool NeedsFreshConnection() => Pool.FreshForNonIdempotent && !x.Request.Method.IsIdempotent();

    private async Flow ConnectAsync(ServerState server)
    {
        long beganMs = _context.Loop.NowMs;
        ConnectResult result = await _context.Loop.ConnectAsync(
            server.Address, Math.Min(_retries.ConnectDeadlineMs, DeadlineMs));
        if (result.Stream is null)
        {
            x.IsExpired |= _context.Loop.NowMs >= DeadlineMs;
            _connectMs = (int)(_context.Loop.NowMs - beganMs);
            x.ConnectFailedHere = IsOurs(result.Error);
            x.Error = result.Error == Errno.ETIMEDOUT
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

    /// <summary>Whether a connect failed for want of descriptors or memory here, or since the loop ends.</summary>
    private static bool IsOurs(int error) =>
        error is Errno.EMFILE or Errno.ENFILE or Errno.ENOMEM or Errno.ENOBUFS or Errno.EADDRINUSE or Errno.ECANCELED;

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
