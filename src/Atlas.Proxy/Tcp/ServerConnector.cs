using System.Net;
using Atlas.Core.Balancing;
using Atlas.Core.Health;
using Atlas.Core.Resilience;
using Atlas.Engine.Buffers;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Proxy.Errors;
using Atlas.Proxy.Metrics;
using Atlas.Proxy.Queueing;
using Atlas.Proxy.Relaying;
using Atlas.Proxy.Retries;
using Atlas.Proxy.Snapshots;
using Atlas.Proxy.Upstream;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Proxy.Tcp;

/// <summary>
/// Finds a server for a connection and connects to it. No byte of the client has left by then, so that whatever a connect comes
/// to, the next server may be tried.
/// <code>
///   the try              another follows, if the pool retries connect failures
///   refused, TLS failed  until a server takes it, 16 were tried or the time for connecting is used up
///   timed out            as often as the pool's retry.attempts says
/// </code>
/// </summary>
internal sealed class ServerConnector(TcpContext context, TcpSession session) : IServerSeeker
{
    private readonly TriedServers _tried = new();
    private QueueWaiter? _waiter;
    private ServerCounters? _counters;
    private CircuitPass _pass;
    private ulong _key;
    private bool _hasKey;

    /// <summary>The pool of the server.</summary>
    public PoolSnapshot? Pool { get; private set; }

    /// <inheritdoc/>
    public ReadOnlySpan<int> Tried => _tried.Indexes;

    /// <summary>The last server that was tried; null: none.</summary>
    internal ServerState? Server { get; private set; }

    /// <summary>How many servers were tried.</summary>
    internal int Attempts { get; private set; }

    /// <summary>The tries that another one followed; null: none did.</summary>
    internal FailedTries? Failed { get; private set; }

    /// <summary>Microseconds spent waiting for a server with room.</summary>
    internal long QueuedUs { get; private set; }

    /// <summary>Microseconds spent connecting.</summary>
    internal long ConnectingUs { get; private set; }

    /// <summary>Why there is no connection.</summary>
    internal ProxyError Error { get; private set; }

    /// <summary>More of that, for the log; empty where the error says it all.</summary>
    internal string Detail { get; private set; } = "";

    /// <inheritdoc/>
    public PickRequest PickFor(ulong random, long nowUs) => new()
    {
        Excluded = Tried,
        Random = random,
        NowUs = nowUs,
        Key = _key,
        HasKey = _hasKey,
    };

    /// <inheritdoc/>
    public void MoveTo(PoolSnapshot pool)
    {
        _tried.Move(Pool!, pool);
        Pool = pool;
    }

    /// <summary>Connects to a server of a pool.</summary>
    /// <returns>The connection, which <see cref="End"/> must follow; null: <see cref="Error"/> says why.</returns>
    internal async ResultFlow<ByteStream?> ConnectAsync(PoolSnapshot pool)
    {
        Pool = pool;
        if (!TryPass(pool))
        {
            Error = ProxyError.CircuitOpen;
            return null;
        }

        _hasKey = pool.Keys?.TryHashClient(session.ClientAddress.Ip, session.ServerName, out _key) == true;
        long refusedUntilMs = context.Loop.NowMs + pool.ConnectMs;
        int timeouts = 0;
        while (await TakeServerAsync() is int index and >= 0)
        {
            ServerState server = Pool.Servers[index];
            if (Server is not null)
            {
                (Failed ??= new FailedTries()).Add(Server, Error, status: 0);
            }

            Server = server;
            ByteStream? stream = await TryAsync(server);
            if (stream is not null)
            {
                return stream;
            }

            bool goesOn = Pool.Retry.OnConnectFailure
                && !session.IsOver
                && (Error == ProxyError.ConnectTimeout ? timeouts++ < Pool.Retry.Attempts : context.Loop.NowMs < refusedUntilMs)
                && _tried.TryAdd(index);
            Pool.End(server, context.Loop);
            if (!goesOn)
            {
                break;
            }
        }

        Report(Error is ProxyError.ConnectFailed or ProxyError.ConnectTimeout or ProxyError.TlsFailed ? ServerOutcome.ConnectFailure : ServerOutcome.None);
        return null;
    }

    /// <summary>Ends a connection that was made.</summary>
    /// <param name="relay">What it passed on.</param>
    /// <param name="error">How it ended.</param>
    internal void End(TwoWayRelay relay, ProxyError error)
    {
        // A server that takes connections and breaks them before it said anything is not well; later it may have its reasons.
        bool failed = error == ProxyError.UpstreamTruncated && relay.BytesDown == 0;
        ServerOutcome outcome = failed ? ServerOutcome.GatewayFailure
            : relay.BytesDown > 0 || error == ProxyError.None ? ServerOutcome.Success
            : ServerOutcome.None;
        ReportServer(Server!, outcome);
        Report(outcome);
        _counters?.AttemptEnded(status: 0, error.IsClients() ? ProxyError.None : error, firstByteUs: -1);
        Pool!.End(Server!, context.Loop);
    }

    /// <summary>Ends the wait for a server.</summary>
    internal void CancelWait() => _waiter?.Cancel();

    private async ResultFlow<ByteStream?> TryAsync(ServerState server)
    {
        Attempts++;
        _counters = context.CountersOf(server);
        _counters?.AttemptBegan(Attempts == 1 ? AttemptKind.First
            : Error == ProxyError.ConnectTimeout ? AttemptKind.Retry
            : AttemptKind.Failover);
        long beganUs = context.Loop.NowUs;
        Dialed result = await OpenAsync(server, context.Loop.NowMs + Pool!.ConnectMs);
        ConnectingUs += context.Loop.NowUs - beganUs;
        if (result.Stream is not null && !session.IsOver)
        {
            Error = ProxyError.None;
            Detail = "";
            _counters?.Connected();
            if (Pool.ObservesLatency)
            {
                server.Balancing.Observe(context.Loop.NowUs - beganUs, context.Loop.NowUs);
            }

            return result.Stream;
        }

        result.Stream?.Abort();
        Error = session.IsOver ? ProxyError.ClientClosed : result.Error;
        Detail = result.Detail;
        bool isServers = Error != ProxyError.ClientClosed && !result.IsOurs;
        if (isServers)
        {
            ReportServer(server, ServerOutcome.ConnectFailure);
            if (Pool.ObservesLatency)
            {
                server.Balancing.ObserveFailure(context.Loop.NowUs);
            }
        }

        _counters?.AttemptEnded(status: 0, isServers ? Error : ProxyError.None, firstByteUs: -1);
        return null;
    }

    private async ResultFlow<Dialed> OpenAsync(ServerState server, long deadlineMs)
    {
        ConnectResult result = await (Pool!.ConnectsAsClient
            ? context.Loop.ConnectAsClientAsync(SocketAddress.OfIp(new IPAddress(session.ClientAddress.Ip), 0), server.Address, deadlineMs)
            : context.Loop.ConnectAsync(server.Address, deadlineMs));
        if (result.Stream is null)
        {
            return ServerDialer.Failed(server, result.Error);
        }

        if (Pool.Tls is null)
        {
            server.Connected();
            return new Dialed(result.Stream, ProxyError.None);
        }

        NativeBuffer? opening = session.TryMakeHeader(Pool.SendProxyProtocol, out int length);
        if (opening is null && length > 0)
        {
            result.Stream.Abort();
            return new Dialed(null, ProxyError.Overload, IsOurs: true);
        }

        Dialed dialed = await ServerDialer.SecureAsync(result.Stream, server, Pool, opening, length, deadlineMs);
        opening?.Return();
        return dialed;
    }

    /// <summary>The place of a server that has begun the connection; less than 0: there is none, and the error says
    /// why.</summary>
    private async ResultFlow<int> TakeServerAsync()
    {
        int index = Balancer.Full;
        if (Pool!.Queue.IsEmpty)
        {
            Pool.TryBegin(PickFor(context.RandomBits(), context.Loop.NowUs), out index);
        }

        if (index == Balancer.Full)
        {
            _waiter ??= new QueueWaiter(this, context.Loop);
            long beganUs = context.Loop.NowUs;
            QueueOutcome outcome = await _waiter.EnterAsync(target: -1, context.RandomBits());
            QueuedUs += context.Loop.NowUs - beganUs;
            index = outcome == QueueOutcome.Granted ? _waiter.Server : -1;
            Fail(outcome switch
            {
                QueueOutcome.Granted => ProxyError.None,
                QueueOutcome.NoServer => ProxyError.NoHealthyServer,
                QueueOutcome.Refused => ProxyError.QueueFull,
                QueueOutcome.TimedOut => ProxyError.QueueTimeout,
                QueueOutcome.Left => ProxyError.ClientClosed,
                QueueOutcome.Waiting or _ => throw new InvalidOperationException("the wait has ended"),
            });
        }
        else if (index < 0)
        {
            Fail(ProxyError.NoHealthyServer);
        }

        if (index >= 0 && session.IsOver)
        {
            // It left while it waited, just when its turn came.
            Pool.End(Pool.Servers[index], context.Loop);
            Error = ProxyError.ClientClosed;
            return -1;
        }

        return index;
    }

    /// <summary>Takes a reason, unless a server that failed is one already.</summary>
    private void Fail(ProxyError error) => Error = Error == ProxyError.None ? error : Error;

    private bool TryPass(PoolSnapshot pool)
    {
        if (pool.CircuitBreaker is not { } breaker)
        {
            return true;
        }

        _pass = breaker.TryPass(context.Loop.NowMs);
        if (_pass.IsFirstProbe)
        {
            pool.Observer?.CircuitChanged(pool.Name, CircuitState.Open, CircuitState.HalfOpen);
        }

        return _pass.IsAllowed;
    }

    private void Report(ServerOutcome outcome)
    {
        if (Pool!.CircuitBreaker?.Report(_pass, outcome, context.Loop.NowMs) is CircuitState state)
        {
            Pool.Observer?.CircuitChanged(Pool.Name, _pass.IsProbe ? CircuitState.HalfOpen : CircuitState.Closed, state);
        }
    }

    private void ReportServer(ServerState server, ServerOutcome outcome)
    {
        if (Pool!.ConsecutiveFailures is int failures && outcome != ServerOutcome.None)
        {
            uint client = outcome.IsFailure() ? (uint)KeyHash.Of(session.ClientAddress.Ip) : 0;
            if (server.Outliers.Report(outcome, client, context.Loop.NowMs, failures))
            {
                Pool.Observer?.ServerSuspected(Pool.Name, server);
            }
        }
    }
}
