using Atlas.Core.Balancing;
using Atlas.Core.Resilience;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Engine.Workers;
using Atlas.Protocols.Http;
using Atlas.Proxy.Errors;
using Atlas.Proxy.Http;
using Atlas.Proxy.Metrics;
using Atlas.Proxy.Snapshots;

namespace Atlas.Proxy.Retries;

/// <summary>
/// Decides after each try of a request whether another server is tried. Part of an exchange and reused with it.
/// <code>
///   the try                                       another follows                      counts   waits
///   connect or TLS failed, no byte of it left,    until a server takes it, all were    no       no
///   or the server did nothing with it (HTTP/2)    tried or connect's time is used up
///   connect timed out                             by the policy                        yes      no
///   broke without a byte of a response            by the policy, if the request may    yes      backoff
///                                                 be repeated
///   the same, but no such try is left, and the    the same, for two servers              no       no
///   server refuses connections now: it died
///   a status of the policy                        the same, and a server has room now  yes      backoff, Retry-After
///   anything else                                 never
/// </code>
/// What counts is bounded by the policy's attempts and takes a place in the pool's budget until it ends. A request's first
/// retry after a broken connection takes none: a process that dies breaks the connections of all its requests at once, more
/// than the budget has places for, and each of them is one request more for the others at most.
/// </summary>
internal sealed class RetryPlan(Exchange x)
{
    /// <summary>No server is reserved.</summary>
    internal const int None = -1;

    private WorkerContext _context = null!;
    private Downstream _session = null!;
    private LoopWait? _pause;
    private RetryBudget? _budget;
    // Servers that may die under one request beyond its attempts: as many as the transparent retries of kept connections. A
    // request that is itself the cause gets no further.
    private const int MaxDeaths = 2;

    private int _retries;
    private int _deaths;
    private long _connectingMs;
    private int _reserved = None;
    private int _delayMs;
    private bool _dropsResponse;

    private PoolSnapshot Pool => x.Pool!;

    private RetryPolicy Policy => x.Route?.Retry ?? Pool.Retry;

    /// <summary>What the next try is, once <see cref="GoesOn"/> has said that one follows.</summary>
    internal AttemptKind Next { get; private set; }

    /// <summary>The loop's time until which the try at hand may connect. Tries that follow each other at once share the
    /// time.</summary>
    internal long ConnectDeadlineMs => _context.Loop.NowMs + Math.Max(Pool.ConnectMs - _connectingMs, 1);

    /// <summary>Begins with a request.</summary>
    internal void Begin(WorkerContext context, Downstream session)
    {
        _context = context;
        _session = session;
        _retries = 0;
        _deaths = 0;
        _connectingMs = 0;
        _dropsResponse = false;
    }

    /// <summary>Whether the response at hand, of which the client got nothing yet, is dropped, as another server is tried. That
    /// server has begun the request by then, so that what was dropped cannot be missed.</summary>
    internal bool DropsResponse()
    {
        if (!Policy.IsOn(x.Response.Status) || !x.RequestBodyDone || x.ClientGotBytes || !MayGoOn || !x.CanRepeat)
        {
            return false;
        }

        int field = x.Response.Headers.IndexOf(KnownHeader.RetryAfter);
        long retryAfterMs = field < 0
            ? Backoff.NoRetryAfter
            : Backoff.RetryAfterMs(x.Response.Headers[field].Value.Of(x.Up!.Span));
        _dropsResponse = TryPlan(Backoff.DelayMs(_retries + 1, _context.RandomShare(), retryAfterMs), needsRoom: true);
        return _dropsResponse;
    }

    /// <summary>Whether another server is tried, after a try has ended.</summary>
    /// <param name="connectMs">Milliseconds that it spent connecting in vain.</param>
    internal bool GoesOn(int connectMs)
    {
        if (_dropsResponse)
        {
            _dropsResponse = false;
            return true;
        }

        if (!MayGoOn)
        {
            return false;
        }

        _connectingMs += connectMs;
        return x.Error switch
        {
            ProxyError.ConnectFailed or ProxyError.TlsFailed => Policy.OnConnectFailure && GoesOnAtOnce(),
            ProxyError.ConnectTimeout => Policy.OnConnectFailure && TryPlan(delayMs: 0, needsRoom: false),
            ProxyError.UpstreamReset when x.IsUntouched => Policy.OnReset && GoesOnAtOnce(),
            ProxyError.UpstreamReset => MayFollowReset
                && TryPlan(Backoff.DelayMs(_retries + 1, _context.RandomShare()), needsRoom: false, isFree: _retries == 0 && Pool.RetryShare > 0),
            _ => false,
        };
    }

    /// <summary>After a try that broke and that no other follows: whether one would if the server has died. Then it is as one
    /// that refused: the request went with it, and is nobody's work twice.</summary>
    internal bool AsksWhetherServerDied => x.Error == ProxyError.UpstreamReset && MayFollowReset && MayGoOn
        && Policy.Attempts > 0 && Pool.RetryShare > 0 && _deaths < MaxDeaths;

    /// <summary>Whether another server is tried, after the server of the try at hand was found to have died.</summary>
    internal bool GoesOnAfterDeath()
    {
        if (!MayGoOn || !x.TryExclude(x.ServerIndex))
        {
            return false;
        }

        EndCounted();
        Next = AttemptKind.Retry;
        _deaths++;
        _connectingMs = 0;
        return true;
    }

    /// <summary>Waits as long as was planned.</summary>
    /// <returns>False: the client left meanwhile, or the session is to end. The exchange's error says so.</returns>
    internal async ResultFlow<bool> PauseAsync()
    {
        int delayMs = _delayMs;
        _delayMs = 0;
        if (delayMs > 0)
        {
            _pause ??= new LoopWait(_context.Loop);
            if (await _pause.Begin(_context.Loop.NowMs + delayMs) != WaitResult.TimedOut)
            {
                x.Error = x.ClientGone ? ProxyError.ClientClosed : ProxyError.ShuttingDown;
                return false;
            }
        }

        return true;
    }

    /// <summary>Ends the pause.</summary>
    internal void Cancel() => _pause?.Resume(WaitResult.Cancelled);

    /// <summary>The server that has begun the next try already, by its place in the pool; <see cref="None"/>: there is
    /// none.</summary>
    internal int TakeReserved()
    {
        int reserved = _reserved;
        _reserved = None;
        return reserved;
    }

    /// <summary>Ends with the request: gives back what was reserved.</summary>
    internal void End()
    {
        int reserved = TakeReserved();
        if (reserved >= 0)
        {
            Pool.End(Pool.Servers[reserved], _context.Loop);
        }

        EndCounted();
    }

    private bool MayFollowReset => Policy.OnReset && !x.ResponseBytesSeen && x.CanRepeat;

    private bool MayGoOn => !x.ClientGone && !_session.IsAborted && !x.IsExpired;

    private bool GoesOnAtOnce()
    {
        Next = AttemptKind.Failover;
        return _connectingMs < Pool.ConnectMs && x.TryExclude(x.ServerIndex);
    }

    /// <summary>Plans a try that counts, and reserves its server if one has room.</summary>
    /// <param name="delayMs">How long it waits; less than 0: for too long.</param>
    /// <param name="needsRoom">Whether it is not worth waiting for a server.</param>
    /// <param name="isFree">Whether it needs no place in the budget.</param>
    private bool TryPlan(int delayMs, bool needsRoom, bool isFree = false)
    {
        bool mayWait = delayMs >= 0 && _context.Loop.NowMs + delayMs < x.Relay.DeadlineMs;
        if (_retries >= Policy.Attempts || !mayWait || !x.TryExclude(x.ServerIndex))
        {
            return false;
        }

        EndCounted();
        int active = Pool.CountActive();
        ServerState? next = ServerChoice.TryTake(_context, x, out int index);
        bool isPossible = next is not null || (index == Balancer.Full && !needsRoom);
        if (!isPossible || (!isFree && !Pool.RetryBudget.TryBegin(active, Pool.RetryShare)))
        {
            if (next is not null)
            {
                Pool.End(next, _context.Loop);
            }

            return false;
        }

        _budget = isFree ? null : Pool.RetryBudget;
        if (next is not null && delayMs > Backoff.MaxMs)
        {
            // A slot is not kept from others for seconds: the server of then is chosen then.
            Pool.End(next, _context.Loop);
            next = null;
        }

        _reserved = next is null ? None : index;
        _delayMs = delayMs;
        Next = AttemptKind.Retry;
        _retries++;
        _connectingMs = 0;
        return true;
    }

    /// <summary>What counted has ended: its place in the budget is free.</summary>
    private void EndCounted()
    {
        _budget?.End();
        _budget = null;
    }
}
