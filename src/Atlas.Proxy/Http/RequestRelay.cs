using Atlas.Core.Balancing;
using Atlas.Core.Health;
using Atlas.Core.Resilience;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Engine.Timers;
using Atlas.Protocols.Http;
using Atlas.Proxy.Errors;
using Atlas.Proxy.Forwarding;
using Atlas.Proxy.Metrics;
using Atlas.Proxy.Retries;
using Atlas.Proxy.Snapshots;

namespace Atlas.Proxy.Http;

/// <summary>Takes one parsed request to a server and its response back. Reads from top to bottom: choose a server, send,
/// await the head, relay. Part of its exchange and reused with it.</summary>
internal sealed class RequestRelay(Exchange x) : IPeerClosedHandler, ITimerTarget
{
    // Times that a request may meet the closing of a kept connection before a fresh one is forced.
    private const int MaxRaces = 2;

    private readonly byte[] _requestId = new byte[RequestIds.Length];
    private readonly RetryPlan _retries = new(x);
    private readonly ServerAttempt _attempt = new(x);
    private WorkerContext _context = null!;
    private Downstream _session = null!;

    // Counts the requests, so that who ends one knows whether it is still that one.
    private int _request;

    // Made once it is needed: few routes limit the time of a whole exchange.
    private LoopTimer? _deadline;

    // What the last try said of its server.
    private ServerOutcome _outcome;

    /// <summary>The loop's time at which the exchange must have ended; <see cref="long.MaxValue"/>: never.</summary>
    internal long DeadlineMs => _deadline?.DeadlineMs ?? long.MaxValue;

    private HttpListenerSnapshot Listener => _session.Listener;

    private PoolSnapshot Pool => x.Pool!;

    private long ConnectDeadlineMs => Math.Min(_retries.ConnectDeadlineMs, DeadlineMs);

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
        x.ExpiredByClient = x.AwaitsClient;

        // Each of these may end the request at once and let the next one begin, which is not to end with it.
        int request = _request;
        _session.Client.CancelWaits();
        if (request == _request)
        {
            x.Connection?.Stream.CancelWaits();
        }

        if (request == _request)
        {
            x.Waiter?.Cancel();
        }

        if (request == _request)
        {
            _attempt.CancelWait();
        }

        if (request == _request)
        {
            x.Session?.CancelWait();
        }

        if (request == _request)
        {
            x.StoreWait?.Resume(WaitResult.Cancelled);
        }

        if (request == _request)
        {
            _retries.Cancel();
        }
    }

    /// <summary>The request's id, as servers and logs get it.</summary>
    internal ReadOnlySpan<byte> RequestIdOf(Downstream session)
    {
        int brought = session.IsPeerTrusted ? x.Request.Headers.IndexOf(KnownHeader.XRequestId) : -1;
        return brought >= 0 ? x.Request.Headers[brought].Value.Of(x.HeadBytes) : x.HasId ? _requestId : default;
    }

    /// <summary>Gives the request an id, unless it brings one that is believed.</summary>
    internal void MakeRequestId(WorkerContext context, Downstream session)
    {
        x.HasId = true;
        if (!session.IsPeerTrusted || !x.Request.Headers.Contains(KnownHeader.XRequestId))
        {
            RequestIds.Write(context.Loop.Random, _requestId);
        }
    }

    internal async Flow RunAsync(WorkerContext context, Downstream session)
    {
        _context = context;
        _session = session;
        session.Client.PeerClosedHandler = this;
        MakeRequestId(context, session);
        BeginDeadline();
        x.Hidden = session.Listener.HiddenFields;
        context.Mirrors.Begin(session, x);
        x.HasKey = Pool.Keys?.TryHash(x.HeadBytes, x.Request, ClientIp, _session.IsPeerTrusted, out x.Key) == true;
        x.Bound = Pool.Affinity?.BoundTo(x.HeadBytes, x.Request, context.Loop.NowMs) ?? -1;
        if (Pool.SharedAffinity is { } shared)
        {
            x.Bound = await shared.FindAsync(context, x);
        }

        x.Error = Pool.Session is { } config ? await x.LoadSessionAsync(context, config) : ProxyError.None;
        CircuitBreaker? breaker = Pool.CircuitBreaker;
        CircuitPass pass = default;
        if (x.Error != ProxyError.None)
        {
            // Without its session the request is not one that a server could answer.
        }
        else if (breaker is null || TryPass(breaker, out pass))
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

        x.SettleExpiry();
        _request++;
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

    /// <summary>Whether a response is dropped, of which the client got nothing yet, as another server is tried.</summary>
    internal bool DropsResponse() => _retries.DropsResponse();

    /// <summary>Ends whatever the request waits for, but for the client.</summary>
    internal void CancelWaits()
    {
        x.Connection?.Stream.CancelWaits();
        x.Waiter?.Cancel();
        x.Session?.CancelWait();
        x.StoreWait?.Resume(WaitResult.Cancelled);
        _attempt.CancelWait();
        _retries.Cancel();
    }

    /// <summary>Writes the head that the server, or a mirror, gets.</summary>
    /// <returns>Its length, or -1 if it does not fit.</returns>
    internal int WriteHead(Span<byte> destination, bool isCopy = false)
    {
        var origin = new ClientOrigin
        {
            Listener = Listener,
            PeerIp = _session.PeerIp,
            ClientIp = ClientIp,
            IsPeerTrusted = _session.IsPeerTrusted,
            IsHttp2 = _session.FramesBodies,
            IsSecure = _session.Connection.IsSecure,
            Certificate = _session.Connection.Certificate,
            RequestId = _requestId,
            IsCopy = isCopy,
            Session = x.Session,
        };
        return RequestForwarder.Write(destination, x.In!.Span, x.Request, origin, x.Route!.Request, _context.Paths);
    }

    private void BeginDeadline()
    {
        if (x.Route!.RequestMs != int.MaxValue)
        {
            _deadline ??= new LoopTimer(_context.Loop.Timers, this);
            _deadline.Set(_context.Loop.NowMs + x.Route.RequestMs);
        }
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
        AttemptKind kind = AttemptKind.First;
        ServerState? failed = null;
        ProxyError error = ProxyError.None;
        int status = 0;
        while (goesOn && await ChooseAsync() is ServerState server)
        {
            NoteFailed(failed, error, status);
            failed = null;
            bool isRace;
            do
            {
                bool fresh = races >= MaxRaces || NeedsFreshConnection();
                bool reused = await _attempt.RunAsync(_context, _session, server, ConnectDeadlineMs, kind, fresh);
                isRace = (reused || x.IsRefused) && x.Error == ProxyError.UpstreamReset && races++ < MaxRaces && MayRepeat();
                if (isRace)
                {
                    // The server closed the connection for being idle, or says that it did nothing: that says nothing of it.
                    x.Failed.Add(server, x.Error, status: 0);
                    kind = AttemptKind.Repeat;
                }
            }
            while (isRace);

            _outcome = AttemptOutcome.Report(_context, _session, x, server);
            goesOn = _retries.GoesOn(_attempt.ConnectMs)
                || (_retries.AsksWhetherServerDied
                    && await _attempt.RefusesAsync(server, ConnectDeadlineMs)
                    && _retries.GoesOnAfterDeath());
            kind = _retries.Next;
            if (goesOn)
            {
                (failed, error, status) = (server, x.Error, x.Error == ProxyError.None ? x.Response.Status : 0);
            }

            Pool.End(server, _context.Loop);
            goesOn = goesOn && await _retries.PauseAsync();
        }

        if (error != x.Error || error == ProxyError.None)
        {
            NoteFailed(failed, error, status);
        }

        _retries.End();
    }

    // A try that no other one followed is told by the end of the request, unless that is of something else, such as the queue.
    private void NoteFailed(ServerState? server, ProxyError error, int status)
    {
        if (server is not null)
        {
            x.Failed.Add(server, error, status);
        }
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

    /// <summary>RFC 9110 9.2.2: without any response byte, a request may be sent again if no server has done anything with it, or if
    /// its method is idempotent and its body can be sent again.</summary>
    private bool MayRepeat() => !x.ResponseBytesSeen && !x.ClientGone && !_session.IsAborted && !x.IsExpired
        && (x.IsUntouched || x.CanRepeat);

    private bool NeedsFreshConnection() => Pool.FreshForNonIdempotent && !x.Request.Method.IsIdempotent();
}
