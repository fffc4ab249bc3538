using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Engine.Workers;

namespace Atlas.Proxy.Stores;

/// <summary>One worker's way to one server of Redis: its connection, which is made anew as long as the node is wanted, and the breaker
/// that keeps calls from waiting for a server that does not answer.</summary>
/// <remarks>
/// <code>
/// condition   calls                          changes
/// connecting  wait for the connection, for   greeted → up; failed → down
///             one timeout from its beginning
/// up          are sent                       3 timeouts on end → slow; lost → connecting
/// slow        are Unavailable at once        after a pause PONG in time → up; no reply for longer → down; 10 s → connects anew
/// down        are Unavailable at once        greeted → up, or slow if that took longer than the timeout
/// </code>
/// </remarks>
internal sealed class RedisNode
{
    // Calls that fail one after the other, until the rest fail at once. Those of the same millisecond count once: one hiccup of the
    // network fails all that are under way.
    private const int MaxTimeouts = 3;

    // Calls that wait for a connection which is being made.
    private const int MaxWaiting = 1_024;

    // How long it has to be up for the next trouble to be a new one. Without it, a server that accepts and closes would be asked
    // without a pause.
    private const int MinUpMs = 1_000;

    // How long a connection may be slow before another one is made: the way that it goes may be what is slow, or a reply was lost, so
    // that all others come for the call before.
    private const int MaxSlowMs = 10_000;

    private readonly RedisClient _client;
    private readonly RedisGreeting _greeting;
    private readonly List<RedisCall> _waiting = [];
    private readonly RedisCall _ping;
    private readonly LoopWait _pause;
    private readonly RedisBackoff _tries;
    private readonly RedisBackoff _probes;
    private RedisConnection? _connection;
    private long _waitUntilMs;
    private long _upSinceMs;
    private long _slowSinceMs;
    private long _lastTimeoutMs;
    private long _inTimeSinceMs = long.MaxValue;
    private int _timeouts;
    private int _hurries;
    private bool _hasLeft;

    internal RedisNode(RedisClient client, RedisEndpoint endpoint)
    {
        _client = client;
        Endpoint = endpoint;
        _greeting = new RedisGreeting(this, client);
        _ping = new RedisCall(client.Loop);
        _pause = new LoopWait(client.Loop);
        _tries = new RedisBackoff(client.Loop.Random);
        _probes = new RedisBackoff(client.Loop.Random);
    }

    /// <summary>Where it is.</summary>
    internal RedisEndpoint Endpoint { get; }

    /// <summary>How it is.</summary>
    internal StoreHealth Health { get; private set; } = StoreHealth.Connecting;

    private EventLoop Loop => _client.Loop;

    private int TimeoutMs => _client.Options.TimeoutMs;

    /// <summary>Connects, and keeps connected until <see cref="Leave"/>.</summary>
    internal void Begin() => KeepAsync().Detach();

    /// <summary>Sends a call, or has it wait for the connection that is being made.</summary>
    /// <returns>False: neither is possible.</returns>
    internal bool TryBegin(RedisCall call, bool isAsking = false)
    {
        if (Health.Condition == StoreCondition.Up)
        {
            return _connection!.TrySend(call, isAsking);
        }

        // What a cluster is moving is not worth waiting for.
        if (Health.Condition != StoreCondition.Connecting || Loop.NowMs >= _waitUntilMs || _waiting.Count >= MaxWaiting || isAsking)
        {
            return false;
        }

        _waiting.Add(call);
        call.Waiting = this;
        return true;
    }

    /// <summary>Nobody waits for a call any more.</summary>
    internal void Abandon(RedisCall call)
    {
        _waiting.Remove(call);
        call.Waiting = null;
    }

    /// <summary>A call's time was up before it was answered.</summary>
    internal void TimedOut()
    {
        if (Health.Condition == StoreCondition.Up && Loop.NowMs != _lastTimeoutMs)
        {
            _lastTimeoutMs = Loop.NowMs;
            _inTimeSinceMs = long.MaxValue;
            if (++_timeouts >= MaxTimeouts)
            {
                BecomeSlow();
                _pause.Resume(WaitResult.Ready);
            }
        }
    }

    /// <summary>Ends the connection for good.</summary>
    internal void Leave()
    {
        _hasLeft = true;
        _connection?.Break(RedisBreak.Left);
        _greeting.Cancel();
        _pause.Resume(WaitResult.Ready);
    }

    /// <summary>A call was answered on a connection.</summary>
    internal void Answered(RedisConnection connection, bool isInTime)
    {
        if (!isInTime)
        {
            return;
        }

        _timeouts = 0;
        if (Health.Condition == StoreCondition.Up && connection == _connection)
        {
            _inTimeSinceMs = Math.Min(_inTimeSinceMs, Loop.NowMs);
            if (Loop.NowMs - _inTimeSinceMs >= MinUpMs)
            {
                _probes.Reset();
            }
        }
    }

    /// <summary>A call has ended on a connection, or for want of one.</summary>
    internal void Complete(RedisCall call)
    {
        if (call.IsUnawaited)
        {
            _client.EndUnawaited(call, this);
        }
        else
        {
            call.Wait.Resume(WaitResult.Ready);
        }
    }

    /// <summary>A connection has ended; <see cref="CallLost"/> follows for each of its calls.</summary>
    internal void ConnectionEnded(RedisConnection connection)
    {
        if (connection != _connection)
        {
            return;
        }

        _connection = null;
        if (connection.End == RedisBreak.Lost && Health.Condition == StoreCondition.Up && MayHurry())
        {
            // Servers close what was idle, and restart: most often the next connection is there within the timeout.
            _waitUntilMs = Loop.NowMs + TimeoutMs;
            Health = StoreHealth.Connecting;
            _hurries++;
        }
        else if (connection.End != RedisBreak.Slow)
        {
            Become(new StoreHealth(StoreCondition.Down, WordsOf(connection.End)));
        }

        _pause.Resume(WaitResult.Ready);
    }

    /// <summary>A call was under way on a connection that has ended.</summary>
    internal void CallLost(RedisCall call)
    {
        if (call.IsIdempotent && !call.IsRepeated && !_hasLeft)
        {
            call.IsRepeated = true;
            if (TryBegin(call))
            {
                return;
            }
        }

        call.Status = RedisStatus.Unavailable;
        Complete(call);
    }

    private async Flow KeepAsync()
    {
        _waitUntilMs = Loop.NowMs + TimeoutMs;
        while (!_hasLeft)
        {
            RedisGreeted greeted = await _greeting.ConnectAsync();
            if (_hasLeft)
            {
                greeted.Connection?.Break(RedisBreak.Left);
            }
            else if (greeted.Connection is null)
            {
                Become(new StoreHealth(StoreCondition.Down, greeted.Problem));
                Release();
                await PauseAsync(_tries);
            }
            else
            {
                await ServeAsync(greeted.Connection, greeted.IsInTime);
            }
        }

        Release();
    }

    private async Flow ServeAsync(RedisConnection connection, bool isInTime)
    {
        _connection = connection;
        _client.Counters.Connected();
        if (isInTime)
        {
            BecomeUp();
        }
        else
        {
            BecomeSlow();
            Release();
        }

        while (_connection is not null && !_hasLeft)
        {
            if (Health.Condition == StoreCondition.Slow)
            {
                await ProbeAsync();
                if (Health.Condition == StoreCondition.Slow && Loop.NowMs - _slowSinceMs >= MaxSlowMs)
                {
                    _connection?.Break(RedisBreak.Slow);
                }
            }
            else if (await _pause.Begin(long.MaxValue) == WaitResult.Cancelled)
            {
                _hasLeft = true;
            }
        }

        if (!_hasLeft && Health.Condition == StoreCondition.Down)
        {
            await PauseAsync(_tries);
        }
    }

    private async Flow ProbeAsync()
    {
        // PING is little work: that it is answered in time does not say that calls are. Without a pause a Redis to which they are too much
        // would be slow and up in turns, as fast as they time out.
        await PauseAsync(_probes);
        if (_hasLeft || _connection is null)
        {
            return;
        }

        _ping.Command(1).Part("PING"u8);
        WaitResult wait = WaitResult.TimedOut;
        if (_connection.TrySend(_ping))
        {
            wait = await _ping.EndAsync(Loop.NowMs + TimeoutMs);
            _ping.Connection?.Abandon(_ping);
        }

        bool isAnswered = wait == WaitResult.Ready && _ping.Status == RedisStatus.Ok;
        _ping.Reset();
        if (isAnswered && _connection is not null)
        {
            BecomeUp();
        }
    }

    private void BecomeUp()
    {
        _timeouts = 0;
        _upSinceMs = Loop.NowMs;
        Become(StoreHealth.Up);
        while (_waiting.Count > 0 && _connection is not null)
        {
            RedisCall call = TakeWaiting();
            if (!_connection.TrySend(call))
            {
                call.Status = RedisStatus.Unavailable;
                Complete(call);
            }
        }
    }

    private void BecomeSlow()
    {
        _slowSinceMs = Loop.NowMs;
        Become(new StoreHealth(StoreCondition.Slow, $"{Endpoint} does not answer within {TimeoutMs} ms"));
    }

    private bool MayHurry()
    {
        ForgetIfLasting();
        return _hurries == 0;
    }

    // Only what was up for a while was up: one that comes and goes is asked in the rhythm of one that is away.
    private void ForgetIfLasting()
    {
        if (Health.Condition == StoreCondition.Up && Loop.NowMs - _upSinceMs >= MinUpMs)
        {
            _tries.Reset();
            _hurries = 0;
        }
    }

    private void Become(StoreHealth health)
    {
        ForgetIfLasting();
        Health = health;
        _client.NodeChanged();
    }

    // Who waited for a connection does so in vain.
    private void Release()
    {
        while (_waiting.Count > 0)
        {
            RedisCall call = TakeWaiting();
            call.Status = RedisStatus.Unavailable;
            Complete(call);
        }
    }

    // One after the other, since who goes on may cancel others.
    private RedisCall TakeWaiting()
    {
        RedisCall call = _waiting[0];
        _waiting.RemoveAt(0);
        call.Waiting = null;
        return call;
    }

    private async Flow PauseAsync(RedisBackoff backoff)
    {
        if (await _pause.Begin(Loop.NowMs + backoff.Next()) == WaitResult.Cancelled)
        {
            _hasLeft = true;
        }
    }

    private string WordsOf(RedisBreak end) => end switch
    {
        RedisBreak.Lost => $"{Endpoint} closed the connection",
        RedisBreak.Silent => $"{Endpoint} does not answer within {_client.Options.StaleMs} ms",
        RedisBreak.Garbled => $"{Endpoint} sends what is no reply of Redis",
        RedisBreak.Left => $"{Endpoint} is not asked any more",
        RedisBreak.None or RedisBreak.Slow or _ => throw new InvalidOperationException("a connection has ended without a reason"),
    };
}
