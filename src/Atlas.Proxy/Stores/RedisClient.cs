using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Engine.Timers;
using Atlas.Engine.Workers;
using Atlas.Proxy.Metrics;

namespace Atlas.Proxy.Stores;

/// <summary>What one worker asks a store of Redis by: a connection to each of its servers, over which the calls of all requests go one
/// behind the other. It never blocks, and allocates nothing for a call. For that worker's thread.</summary>
internal sealed class RedisClient : ITimerTarget
{
    // Calls kept for later; a peak beyond it is left to the collector.
    private const int MaxFree = 1_024;

    // How long one without calls is kept, of a store that no snapshot names any more: requests that began before the reload may yet
    // come back to it.
    private const int RetireMs = 10_000;

    // Servers of a cluster; it has a thousand at most.
    private const int MaxNodes = 1_024;

    private readonly Stack<RedisCall> _free = new();
    private readonly Dictionary<RedisEndpoint, RedisNode> _nodes = [];
    private readonly LoopTimer _retire;
    private readonly RefusalTrial _trial;
    private Action? _retired;
    private RedisTopology? _topology;
    private RedisNode? _only;
    private RedisNode[] _bySlot = [];
    private StoreHealth _health = StoreHealth.Connecting;
    private bool _hasCalls;

    /// <summary>Makes one, which begins to connect.</summary>
    internal RedisClient(EventLoop loop, StoreState store)
    {
        Loop = loop;
        Store = store;
        Options = store.Redis!;
        Counters = store.Metrics?.ForWorker(loop.Index) ?? new StoreCounters();
        _retire = new LoopTimer(loop.Timers, this);
        _trial = new RefusalTrial(this);
        Follow();
    }

    internal EventLoop Loop { get; }

    internal StoreState Store { get; }

    internal RedisOptions Options { get; }

    internal StoreCounters Counters { get; }

    /// <summary>Lends a call, to be written. <see cref="Return"/> must follow, or <see cref="Send"/>.</summary>
    internal RedisCall Rent() => _free.TryPop(out RedisCall? call) ? call : new RedisCall(Loop);

    /// <summary>Takes a call back; its replies are gone then.</summary>
    internal void Return(RedisCall call)
    {
        call.Reset();
        if (_free.Count < MaxFree)
        {
            _free.Push(call);
        }
    }

    /// <summary>Runs a call and waits for its end, for the store's timeout at most; what this worker is late itself to send it does not
    /// count.</summary>
    /// <param name="call">Lent and written. It can be run once.</param>
    /// <param name="deadlineMs">The loop's time at which the caller gives up, if that is sooner.</param>
    internal async ResultFlow<RedisStatus> RunAsync(RedisCall call, long deadlineMs = long.MaxValue)
    {
        long timeUpMs = Loop.NowMs + Options.TimeoutMs;
        RedisStatus status = Begin(call, out RedisNode? node);
        if (status == RedisStatus.Ok)
        {
            do
            {
                WaitResult wait = await call.EndAsync(timeUpMs, deadlineMs);
                status = wait == WaitResult.Ready ? call.Status : Abandon(call, node!, wait);
            }
            while (status == RedisStatus.Failed && TryAgain(call, ref node));
        }

        Ended(status, call);
        return status;
    }

    /// <summary>Runs a call whose end nobody waits for; it is given back by itself.</summary>
    internal void Send(RedisCall call)
    {
        call.IsUnawaited = true;
        RedisStatus status = Begin(call, out _);
        if (status != RedisStatus.Ok)
        {
            Counters.Ended(status, 0);
            Return(call);
        }
    }

    /// <summary>Closes its connections once nothing is asked any more.</summary>
    /// <param name="retired">What is done then.</param>
    internal void Retire(Action retired)
    {
        _retired = retired;
        _retire.Set(Loop.NowMs + RetireMs);
    }

    /// <summary>Closes its connections at once; what is under way fails.</summary>
    internal void Leave()
    {
        _retire.Remove();
        _trial.End();
        foreach (RedisNode node in _nodes.Values)
        {
            node.Leave();
        }
    }

    /// <summary>A call that nobody waits for has ended.</summary>
    internal void EndUnawaited(RedisCall call, RedisNode node)
    {
        RedisNode? next = node;
        if (call.Status != RedisStatus.Failed || !TryAgain(call, ref next))
        {
            Ended(call.Status, call);
            Return(call);
        }
    }

    /// <summary>A node is otherwise than before.</summary>
    internal void NodeChanged()
    {
        // A server that another one named may be gone by now, and takes no calls of its own.
        StoreHealth worst = _bySlot.Length > 0 ? StoreHealth.Up
            : _topology!.Reason.Length == 0 ? StoreHealth.Connecting
            : new StoreHealth(StoreCondition.Down, _topology.Reason);
        foreach (RedisNode node in _bySlot)
        {
            worst = node.Health.Condition > worst.Condition ? node.Health : worst;
        }

        if (worst != _health)
        {
            _health = worst;
            Store.Found(Loop.Index, worst);
        }
    }

    /// <summary>Connects to the servers that the store is on now, and to no others.</summary>
    internal void Follow()
    {
        RedisTopology topology = Store.Topology;
        _topology = topology;
        Store.Refusal.Follow(topology);
        RedisNode[] gone = [.. _nodes.Values.Where(node => !topology.Nodes.Contains(node.Endpoint))];
        foreach (RedisNode node in gone)
        {
            _nodes.Remove(node.Endpoint);
        }

        foreach (RedisEndpoint endpoint in topology.Nodes)
        {
            if (!_nodes.ContainsKey(endpoint))
            {
                Add(endpoint);
            }
        }

        _bySlot = [.. topology.Nodes.Select(endpoint => _nodes[endpoint])];
        _only = _bySlot.Length > 0 ? _bySlot[0] : null;
        NodeChanged();

        // Requests that wait for these go on within it, and may ask again.
        foreach (RedisNode node in gone)
        {
            node.Leave();
        }
    }

    void ITimerTarget.OnTimer(LoopTimer timer)
    {
        if (_hasCalls)
        {
            _hasCalls = false;
            _retire.Set(Loop.NowMs + RetireMs);
        }
        else
        {
            Leave();
            _retired?.Invoke();
        }
    }

    private void Ended(RedisStatus status, RedisCall call)
    {
        Counters.Ended(status, Loop.NowUs - call.BeganUs);
        if (_trial.IsOwn(call))
        {
            return;
        }

        if (status == RedisStatus.Failed && RedisError.IsRefusal(call.Error) && ReferenceEquals(_topology, Store.Topology))
        {
            TellRefusal(Store.Refusal.Add(call, _topology, Loop.NowMs));
            _trial.Begin();
        }
        else if (status == RedisStatus.Ok && Store.Refusal.Health is not null)
        {
            TellRefusal(Store.Refusal.Done(call, Loop.NowMs));
        }
    }

    private void TellRefusal(bool hasChanged)
    {
        if (hasChanged)
        {
            Store.RefusalChanged();
        }
    }

    private RedisStatus Begin(RedisCall call, out RedisNode? node)
    {
        _hasCalls = true;
        call.BeganUs = Loop.NowUs;
        node = NodeOf(call);
        return call.IsTooLong ? RedisStatus.Failed
            : node?.TryBegin(call) == true ? RedisStatus.Ok
            : RedisStatus.Unavailable;
    }

    private RedisStatus Abandon(RedisCall call, RedisNode node, WaitResult wait)
    {
        // Redis is to blame only if it had all the time for it.
        bool isSlow = call.Connection is not null && call.IsFlushed && Loop.NowMs - call.SentMs >= Options.TimeoutMs;
        call.Connection?.Abandon(call);
        call.Waiting?.Abandon(call);
        if (wait == WaitResult.Cancelled)
        {
            return RedisStatus.Cancelled;
        }

        if (isSlow)
        {
            node.TimedOut();
        }

        return RedisStatus.TimedOut;
    }

    /// <summary>Sends a call once more whose error says how.</summary>
    private bool TryAgain(RedisCall call, ref RedisNode? node)
    {
        if (call.PendingScript is not null && call.Error.StartsWith("NOSCRIPT"u8))
        {
            call.SendScriptWhole();
            return node!.TryBegin(call, call.IsAsking);
        }

        if (!RedisError.IsMisdirected(call.Error))
        {
            return false;
        }

        Store.Observer?.ServersMoved(Store);
        if (call.IsRedirected || RedisRedirect.Of(call.Error, node!.Endpoint) is not { } redirect || Find(redirect.Endpoint) is not { } other)
        {
            return false;
        }

        call.IsRedirected = true;
        call.IsAsking = redirect.IsAsking;
        node = other;
        return other.TryBegin(call, call.IsAsking);
    }

    private RedisNode? NodeOf(RedisCall call)
    {
        if (!ReferenceEquals(_topology, Store.Topology))
        {
            Follow();
        }

        if (_topology!.Slots.IsEmpty)
        {
            return _only;
        }

        int index = _topology.Slots.Span[call.Slot];
        return (uint)index < (uint)_bySlot.Length ? _bySlot[index] : null;
    }

    // A server that the topology has not yet: it is kept until the next one.
    private RedisNode? Find(RedisEndpoint endpoint)
    {
        if (!_nodes.TryGetValue(endpoint, out RedisNode? node) && _nodes.Count < MaxNodes)
        {
            node = Add(endpoint);
        }

        return node;
    }

    private RedisNode Add(RedisEndpoint endpoint)
    {
        var node = new RedisNode(this, endpoint);
        _nodes.Add(endpoint, node);
        node.Begin();
        return node;
    }
}
