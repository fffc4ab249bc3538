using Atlas.Core.Balancing;

namespace Atlas.Control.Pools;

/// <summary>
/// The one place that changes what is asked and found of servers, and has the balancers take it: orders of the operator,
/// checks, ejections, the file, slow starts. Any thread; each change is done when its call returns, and nothing waits longer
/// than for another change. Never on a worker's thread, since it locks. A server that no configuration in force names any
/// more is left as it is, whoever still speaks of it.
/// </summary>
public sealed class PoolWatch : IDisposable
{
    /// <summary>Servers out of the configuration that are waited for; the oldest are forgotten.</summary>
    public const int MaxLeaving = 1_000;

    /// <summary>Milliseconds between two looks at what is left at servers that drain.</summary>
    public const int LookMs = 250;

    private readonly Lock _gate = new();
    private readonly PoolWatchOptions _options;
    private readonly ITimer _timer;
    private readonly RemovedServers _removed = new();
    private Dictionary<string, PoolEntry> _pools = new(StringComparer.Ordinal);
    private Dictionary<BalancedServer, ServerEntry> _servers = [];

    /// <summary>Watches no pool yet.</summary>
    public PoolWatch(PoolWatchOptions options)
    {
        _options = options;
        _timer = options.Time.CreateTimer(_ => Look(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Servers out of the configuration that requests are left at.</summary>
    public IReadOnlyList<LeavingServer> Leaving
    {
        get
        {
            lock (_gate)
            {
                return _removed.Report;
            }
        }
    }

    /// <summary>What operators asked of servers and is not as the file has it. O(servers).</summary>
    public IReadOnlyList<StandingOrder> Orders
    {
        get
        {
            lock (_gate)
            {
                long nowMs = _options.NowMs();
                return [.. _servers.Values.Select(entry => entry.Standing(nowMs)).OfType<StandingOrder>()];
            }
        }
    }

    /// <summary>Keeps all servers as they are until the scope ends: for making balancers that go on with those watched.</summary>
    public Lock.Scope Hold() => _gate.EnterScope();

    /// <summary>Goes on with the pools of a configuration that took effect, and has their servers take what it says. Those
    /// that it has no more stay as they are, as do the balancers before, for requests that began by them; they are forgotten
    /// when nothing is left. O(servers).</summary>
    /// <param name="pools">The pools.</param>
    /// <param name="removal">Why servers are gone, in words.</param>
    public void Apply(IEnumerable<WatchedPool> pools, string removal = "removed from the configuration")
    {
        lock (_gate)
        {
            long nowMs = _options.NowMs();
            Dictionary<string, PoolEntry> pastPools = _pools;
            Dictionary<BalancedServer, ServerEntry> past = _servers;
            _pools = new Dictionary<string, PoolEntry>(StringComparer.Ordinal);
            _servers = [];
            WatchedPool[] next = [.. pools];
            var kept = next.SelectMany(pool => pool.Servers).ToHashSet();
            foreach (ServerEntry gone in past.Values.Where(entry => !kept.Contains(entry.Server)))
            {
                Remove(gone, removal, nowMs);
            }

            foreach (WatchedPool pool in next)
            {
                Take(pool, pastPools, past, nowMs);
            }

            _options.RosterChanged();
            Refresh(_pools.Values, nowMs);
        }
    }

    /// <summary>Takes what checks found.</summary>
    /// <param name="server">Which.</param>
    /// <param name="isUp">What they found.</param>
    /// <param name="tell">Called in any case: once it is so, and before what comes of it for the pool is told. Must not block, nor
    /// call the watch.</param>
    /// <returns>False: no pool has the server any more.</returns>
    public bool SetUp(BalancedServer server, bool isUp, Action? tell = null) => Set(server, tell, (_, _) =>
    {
        bool isChange = server.IsUp != isUp;
        server.IsUp = isUp;
        return isChange ? [isUp ? (PoolChangeKind.Up, "up") : (PoolChangeKind.Down, "down")] : [];
    });

    /// <summary>Takes whether its last check got no answer from a server. To be called before <see cref="SetUp"/>.</summary>
    /// <returns>False: no pool has the server any more.</returns>
    public bool SetUnreachable(BalancedServer server, bool isUnreachable)
    {
        lock (_gate)
        {
            if (!_servers.TryGetValue(server, out ServerEntry? entry))
            {
                return false;
            }

            // While it is up this is of no weight. Each probe of each server comes here.
            bool counts = server.IsUnreachable != isUnreachable && !server.IsUp;
            server.IsUnreachable = isUnreachable;
            if (counts)
            {
                Refresh([_pools[entry.Pool]], _options.NowMs());
            }

            return true;
        }
    }

    /// <summary>Leaves a server out for what it did to real requests, or takes it back.</summary>
    /// <param name="server">Which.</param>
    /// <param name="isEjected">Whether it is left out.</param>
    /// <param name="reason">Why, in words; empty: none is given.</param>
    /// <param name="tell">As for <see cref="SetUp"/>.</param>
    /// <returns>False: no pool has the server any more.</returns>
    public bool SetEjected(BalancedServer server, bool isEjected, string reason, Action? tell = null) => Set(server, tell, (_, _) =>
    {
        bool isChange = server.IsEjected != isEjected;
        server.IsEjected = isEjected;
        string why = reason.Length > 0 ? $": {reason}" : "";
        return !isChange ? []
            : isEjected ? [(PoolChangeKind.Ejected, $"ejected{why}")]
            : [(PoolChangeKind.Returned, $"no longer ejected{why}")];
    });

    /// <summary>Does what an operator asks. Asking for what is so already changes nothing but the deadline.</summary>
    /// <returns>False: no pool has the server any more.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range.</exception>
    public bool Order(BalancedServer server, ServerOrder order)
    {
        order.Check();
        return Set(server, tell: null, (entry, nowMs) => [.. entry.Order(order, nowMs)]);
    }

    /// <summary>Whether nothing is left at a server that drains or is in maintenance, and nothing new comes to it but clients
    /// that stick to it.</summary>
    public bool IsEmpty(BalancedServer server)
    {
        lock (_gate)
        {
            return _servers.TryGetValue(server, out ServerEntry? entry) && entry.IsEmpty(_options.NowMs());
        }
    }

    /// <summary>Ends slow starts and deadlines: nothing changes any more unless it is asked for.</summary>
    public void Dispose() => _timer.Dispose();

    private bool Set(BalancedServer server, Action? tell, Func<ServerEntry, long, (PoolChangeKind Kind, string Text)[]> change)
    {
        lock (_gate)
        {
            if (!_servers.TryGetValue(server, out ServerEntry? entry))
            {
                tell?.Invoke();
                return false;
            }

            long nowMs = _options.NowMs();
            long deadlineMs = entry.DeadlineMs;
            (PoolChangeKind Kind, string Text)[] changes = change(entry, nowMs);
            if (changes.Length == 0)
            {
                // Each server of a reload may come here: nothing that takes O(servers).
                if (entry.DeadlineMs != deadlineMs)
                {
                    Schedule(nowMs);
                }

                tell?.Invoke();
                return true;
            }

            var ofPool = _pools[entry.Pool].Refresh(nowMs, _options.RosterChanged);
            Schedule(nowMs);

            // Told once it is so: who reads it may rely on it.
            foreach ((PoolChangeKind, string) ofServer in changes)
            {
                Tell(entry.Pool, server.Name, ofServer);
            }

            tell?.Invoke();
            Tell(entry.Pool, server: null, ofPool);
            return true;
        }
    }

    private void Take(
        WatchedPool pool, Dictionary<string, PoolEntry> pastPools, Dictionary<BalancedServer, ServerEntry> past, long nowMs)
    {
        string name = pool.Config.Name;
        PoolEntry entry = pastPools.GetValueOrDefault(name) ?? new PoolEntry(name);
        _pools.Add(name, entry);
        foreach ((BalancedServer server, var config) in pool.Servers.Zip(pool.Config.Servers))
        {
            bool isKnown = past.TryGetValue(server, out ServerEntry? known);
            int weight = server.Weight;
            server.Configure(config);
            _servers.Add(server, known ?? new ServerEntry(name, server));
            if (isKnown && server.Weight != weight)
            {
                Tell(name, server.Name, (PoolChangeKind.Weight, $"weight {server.Weight}, was {weight}"));
            }
        }

        entry.Take(pool.Balancer, pool.Servers, nowMs);
    }

    private void Remove(ServerEntry entry, string removal, long nowMs)
    {
        entry.Remove(nowMs);
        if (entry.Left > 0)
        {
            _removed.Add(entry);
            string text = $"{removal}: {ServerEntry.Requests(entry.Left)} left";
            Tell(entry.Pool, entry.Server.Name, (PoolChangeKind.Removed, text));
        }
    }

    /// <summary>What the time brings: a step of a slow start, a deadline, the end of a drain.</summary>
    private void Look()
    {
        lock (_gate)
        {
            long nowMs = _options.NowMs();
            HashSet<string> changed = [];
            foreach (ServerEntry entry in _servers.Values)
            {
                if (entry.EndDrain(nowMs) is { } end)
                {
                    changed.Add(entry.Pool);
                    Tell(entry.Pool, entry.Server.Name, end);
                }

                if (entry.IsLeaving && entry.IsEmpty(nowMs))
                {
                    entry.Settle();
                    Tell(entry.Pool, entry.Server.Name, (PoolChangeKind.Drained, "drained, safe to remove"));
                }
            }

            foreach (ServerEntry gone in _removed.TakeEmpty(nowMs))
            {
                Tell(gone.Pool, gone.Server.Name, (PoolChangeKind.Gone, "its last request has ended, safe to stop"));
            }

            Refresh(_pools.Values.Where(pool => pool.NextChangeMs <= nowMs || changed.Contains(pool.Name)), nowMs);
        }
    }

    private void Refresh(IEnumerable<PoolEntry> pools, long nowMs)
    {
        foreach (PoolEntry pool in pools)
        {
            Tell(pool.Name, server: null, pool.Refresh(nowMs, _options.RosterChanged));
        }

        Schedule(nowMs);
    }

    private void Schedule(long nowMs)
    {
        bool isAnyLeaving = !_removed.IsEmpty || _servers.Values.Any(entry => entry.IsLeaving);
        long nextMs = isAnyLeaving ? nowMs + LookMs : long.MaxValue;
        nextMs = _pools.Values.Aggregate(nextMs, (next, pool) => Math.Min(next, pool.NextChangeMs));
        nextMs = _servers.Values.Aggregate(nextMs, (next, entry) => Math.Min(next, entry.DeadlineMs));
        _timer.Change(
            nextMs == long.MaxValue ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(Math.Max(nextMs - nowMs, 1)),
            Timeout.InfiniteTimeSpan);
    }

    private void Tell(string pool, string? server, (PoolChangeKind Kind, string Text)? change)
    {
        if (change is not var (kind, text))
        {
            return;
        }

        try
        {
            _options.Changed(new PoolChange(_options.Time.GetUtcNow(), pool, server, kind, text));
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Whoever read what the process says has gone. The servers matter more.
        }
    }
}
