using Atlas.Core.Health;

namespace Atlas.Control.Health;

/// <summary>Ejects servers that fail real requests, and takes them back in time: the place where
/// <see cref="OutlierDetector"/> meets a clock. Any thread but a worker's, since it locks; changes of a pool are told in their
/// order.</summary>
public sealed class OutlierWatch : IDisposable
{
    private readonly Lock _gate = new();
    private readonly HealthOptions _options;
    private readonly Action<OutlierServer, Action> _changed;
    private readonly ITimer _timer;
    private readonly Dictionary<OutlierServer, Moment> _since = [];
    private Dictionary<string, Watched> _pools = new(StringComparer.Ordinal);

    /// <summary>Watches no pool yet.</summary>
    /// <param name="options">Clock, chance, and who is told.</param>
    /// <param name="changed">Called when a server was ejected or taken back: its <see cref="ServerOutliers.IsEjected"/> says which.
    /// Has to call the second argument, which tells of it: once it is so, and before whatever comes of it is told. Must not call the
    /// watch.</param>
    public OutlierWatch(HealthOptions options, Action<OutlierServer, Action> changed)
    {
        _options = options;
        _changed = changed;
        _timer = options.Time.CreateTimer(_ => LookAtAll(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Goes on with the pools of a configuration that took effect: ejections of servers that stay go on, and those of
    /// pools that turned the detection off end. O(servers).</summary>
    public void Apply(IEnumerable<OutlierPool> pools)
    {
        lock (_gate)
        {
            _pools = pools.ToDictionary(pool => pool.Name, pool => new Watched(pool), StringComparer.Ordinal);
            var kept = _pools.Values.SelectMany(watched => watched.Pool.Servers).ToHashSet();
            foreach (OutlierServer gone in _since.Keys.Where(server => !kept.Contains(server)).ToArray())
            {
                _since.Remove(gone);
            }

            foreach (Watched watched in _pools.Values)
            {
                Decide(watched);
            }

            Schedule();
        }
    }

    /// <summary>Looks at the servers of a pool, of which one is suspected or passed a check. O(servers). A pool that is not
    /// watched is left as it is.</summary>
    public void Look(string pool)
    {
        lock (_gate)
        {
            if (_pools.TryGetValue(pool, out Watched? watched))
            {
                Decide(watched);
                Schedule();
            }
        }
    }

    /// <summary>Ends what the time would bring.</summary>
    public void Dispose() => _timer.Dispose();

    private void LookAtAll()
    {
        lock (_gate)
        {
            long nowMs = NowMs();
            foreach (Watched watched in _pools.Values.Where(watched => watched.NextMs <= nowMs))
            {
                Decide(watched);
            }

            Schedule();
        }
    }

    private void Decide(Watched watched)
    {
        long nowMs = NowMs();
        OutlierPool pool = watched.Pool;
        OutlierCandidate[] candidates = [.. pool.Servers.Select(server => new OutlierCandidate(
            server.Outliers, server.Server.Admin, server.Server.IsUp ? ServerHealth.Up : ServerHealth.Down))];
        var verdicts = new List<OutlierVerdict>();
        if (pool.Config is null)
        {
            OutlierDetector.ReturnAll(candidates, nowMs, verdicts);
            watched.NextMs = long.MaxValue;
        }
        else
        {
            watched.NextMs = OutlierDetector.Decide(pool.Config, candidates, nowMs, _options.Random, verdicts);
        }

        foreach (OutlierVerdict verdict in verdicts)
        {
            OutlierServer server = pool.Servers[verdict.Index];
            if (verdict.Kind == OutlierVerdictKind.Kept)
            {
                Tell(pool, server, verdict);
            }
            else
            {
                _changed(server, () => Tell(pool, server, verdict));
            }
        }
    }

    private void Tell(OutlierPool pool, OutlierServer server, OutlierVerdict verdict)
    {
        var now = Moment.Now(_options.Time);
        Moment since = _since.GetValueOrDefault(server, now);
        if (verdict.Kind != OutlierVerdictKind.Kept)
        {
            _since[server] = now;
        }

        (HealthEventState from, HealthEventState to, HealthEventReason reason, string detail) = verdict.Kind switch
        {
            OutlierVerdictKind.Ejected =>
                (HealthEventState.Up, HealthEventState.Ejected, HealthEventReason.RealRequests, verdict.Detail),
            // Checks may have found it down since.
            OutlierVerdictKind.Returned when !server.Server.IsUp =>
                (HealthEventState.Ejected, HealthEventState.Down, HealthEventReason.EjectionOver, "still by its checks: " + verdict.Detail),
            OutlierVerdictKind.Returned =>
                (HealthEventState.Ejected, HealthEventState.Up, HealthEventReason.EjectionOver, "again: " + verdict.Detail),
            OutlierVerdictKind.Kept =>
                (HealthEventState.Up, HealthEventState.Up, HealthEventReason.RealRequests, "still, with " + verdict.Detail),
            _ => throw new InvalidOperationException("unknown verdict"),
        };
        _options.Tell(new HealthEvent(pool.Name, server.Server.Name, from, to, reason, detail), since, now);
    }

    private void Schedule()
    {
        long nextMs = _pools.Values.Aggregate(long.MaxValue, (next, watched) => Math.Min(next, watched.NextMs));
        _timer.Change(
            nextMs == long.MaxValue ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(Math.Max(nextMs - NowMs(), 1)),
            Timeout.InfiniteTimeSpan);
    }

    // The clock of workers: on Linux both count from the machine's start.
    private long NowMs() => _options.Time.GetTimestamp() / (_options.Time.TimestampFrequency / 1_000);

    private sealed class Watched(OutlierPool pool)
    {
        public OutlierPool Pool { get; } = pool;

        /// <summary>When to look again though nothing happens.</summary>
        public long NextMs { get; set; } = long.MaxValue;
    }
}
