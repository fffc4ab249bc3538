using Atlas.Control.Discovery.Resolving;
using Atlas.Core.Configuration;

namespace Atlas.Control.Discovery;

/// <summary>Keeps the servers of names as the DNS has them: looks each name up again and again, once for all pools, and says
/// when the servers are others. What is known of a name outlives reloads that keep it. Any thread.</summary>
public sealed class NameDiscovery : IDisposable
{
    /// <summary>Lookups under way at once; further ones wait for their turn.</summary>
    public const int MaxLookups = 64;

    private readonly Lock _gate = new();
    private readonly DiscoveryOptions _options;
    private readonly long _startedAt;
    private readonly SemaphoreSlim _slots = new(MaxLookups, MaxLookups);
    private readonly Dictionary<NamedServersKey, NamedServers> _named = [];
    private readonly Dictionary<NameKey, NameWatch> _watches = [];
    private readonly Dictionary<string, long[]> _lookups = new(StringComparer.Ordinal);
    private TaskCompletionSource _looked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isFirst = true;
    private bool _hasEnded;

    /// <summary>Knows no name yet.</summary>
    public NameDiscovery(DiscoveryOptions options)
    {
        _options = options;
        _startedAt = options.Time.GetTimestamp();
    }

    /// <summary>Names of the first configuration whose first lookups have yet to end: those that a reload adds do not take
    /// readiness back.</summary>
    public IReadOnlyList<NameReport> Pending
    {
        get
        {
            lock (_gate)
            {
                return [.. _named.Values.Where(named => named.IsFirst && named.IsPending).Select(Report)];
            }
        }
    }

    /// <summary>What is known of the names in force, in no order.</summary>
    public IReadOnlyList<NameReport> Reports
    {
        get
        {
            lock (_gate)
            {
                return [.. _named.Values.Select(Report)];
            }
        }
    }

    /// <summary>What is counted of the names in force.</summary>
    public IReadOnlyList<NameMetrics> Metrics
    {
        get
        {
            lock (_gate)
            {
                long nowMs = NowMs();
                return [.. _lookups.Select(name => new NameMetrics(name.Key, [.. name.Value], AgeMsOf(name.Key, nowMs) / 1e3))];
            }
        }
    }

    /// <summary>Begins to look up the names of a configuration that may come into force, beside those of the one that is, and
    /// waits for the first results. To be followed by <see cref="Apply"/>, whichever comes into force.</summary>
    /// <param name="next">The configuration.</param>
    /// <param name="limit">How long to wait at most: names that are silent come later.</param>
    public async Task PrepareAsync(AtlasConfig next, TimeSpan limit)
    {
        HashSet<NamedServersKey> keys;
        lock (_gate)
        {
            keys = [.. Add(next)];
        }

        using var end = new CancellationTokenSource(limit, _options.Time);
        while (true)
        {
            Task looked;
            lock (_gate)
            {
                if (_hasEnded || !_named.Values.Any(named => named.IsPending && keys.Contains(named.Key)))
                {
                    return;
                }

                looked = _looked.Task;
            }

            try
            {
                await looked.WaitAsync(end.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>Keeps the names of a configuration that is in force, and those only.</summary>
    public void Apply(AtlasConfig inForce)
    {
        lock (_gate)
        {
            var keys = Add(inForce).ToHashSet();
            _isFirst = false;
            foreach (NamedServers gone in _named.Values.Where(named => !keys.Contains(named.Key)).ToArray())
            {
                _named.Remove(gone.Key);
                foreach (NameWatch watch in gone.Watches.Values)
                {
                    Leave(gone, watch);
                }
            }

            foreach (string name in _lookups.Keys.Except(keys.Select(key => key.Host)).ToArray())
            {
                _lookups.Remove(name);
            }
        }
    }

    /// <summary>A configuration with the servers that its names have at present in place of the names. An address that a pool
    /// has already is not taken again.</summary>
    /// <returns>The same one, where it has no names.</returns>
    public AtlasConfig Expand(AtlasConfig config)
    {
        lock (_gate)
        {
            return ServerExpansion.Of(config, key => _named.GetValueOrDefault(key)?.Servers ?? []);
        }
    }

    /// <summary>Looks nothing up any more. What is known stays.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _hasEnded = true;
            foreach (NameWatch watch in _watches.Values)
            {
                watch.Dispose();
            }
        }
    }

    /// <summary>Looks nothing up any more.</summary>
    public void Dispose() => Stop();

    private long NowMs() => (long)_options.Time.GetElapsedTime(_startedAt).TotalMilliseconds;

    private IEnumerable<NamedServersKey> Add(AtlasConfig config)
    {
        var keys = new List<NamedServersKey>();
        foreach (PoolConfig pool in config.Pools)
        {
            foreach (ServerConfig server in pool.Servers)
            {
                if (NamedServersKey.Of(pool, server) is NamedServersKey key)
                {
                    keys.Add(key);
                    Add(key, server.Dns?.RefreshMs ?? NamedServers.DefaultRefreshMs);
                }
            }
        }

        return keys;
    }

    private void Add(NamedServersKey key, int refreshMs)
    {
        if (!_named.TryGetValue(key, out NamedServers? named))
        {
            _named.Add(key, named = new NamedServers(key, _isFirst) { RefreshMs = refreshMs });
        }

        bool isSooner = refreshMs < named.RefreshMs;
        named.RefreshMs = refreshMs;
        Subscribe(named);

        // Another pool may have asked for all of it already.
        named.Review();
        foreach (NameWatch watch in named.Watches.Values.Where(_ => isSooner))
        {
            watch.Hurry();
        }
    }

    /// <summary>Has the servers of a name hear of all that they depend on, and of nothing else.</summary>
    private void Subscribe(NamedServers named)
    {
        var wanted = named.Wanted.ToHashSet();
        foreach (NameWatch watch in named.Watches.Values.Where(watch => !wanted.Contains(watch.Key)).ToArray())
        {
            named.Watches.Remove(watch.Key);
            Leave(named, watch);
        }

        NameKey[] missing = [.. wanted.Where(key => !named.Watches.ContainsKey(key))];
        foreach (NameKey key in missing)
        {
            if (!_watches.TryGetValue(key, out NameWatch? watch))
            {
                if (!_lookups.TryGetValue(named.Key.Host, out long[]? lookups))
                {
                    _lookups.Add(named.Key.Host, lookups = new long[Enum.GetValues<LookupOutcome>().Length]);
                }

                _watches.Add(key, watch = new NameWatch(key, lookups));
                if (!_hasEnded)
                {
                    _ = Task.Run(() => watch.RunAsync(_options, _slots, Ended));
                }
            }

            watch.Users.Add(named);
            named.Watches.Add(key, watch);
        }

        if (missing.Length > 0)
        {
            // What is known of an SRV name already leads to the names of its hosts, and those lead nowhere else.
            Subscribe(named);
        }
    }

    private void Leave(NamedServers named, NameWatch watch)
    {
        watch.Users.Remove(named);
        if (watch.Users.Count == 0)
        {
            _watches.Remove(watch.Key);
            watch.Dispose();
        }
    }

    /// <summary>A lookup ended.</summary>
    /// <returns>Milliseconds until the next.</returns>
    private int Ended(NameWatch watch, LookupResult result)
    {
        lock (_gate)
        {
            if (_hasEnded || watch.Users.Count == 0)
            {
                return int.MaxValue;
            }

            LookupResult? last = watch.State.Last;
            long nowMs = NowMs();
            watch.Take(result, nowMs);
            foreach (NamedServers named in watch.Users.ToArray())
            {
                Subscribe(named);
                if (named.Review() is { } before)
                {
                    _options.Changed(EventOf(named, isResolved: true, DiscoveryText.OfChange(named, before)));
                }
            }

            int delayMs = watch.State.NextDelayMs(watch.RefreshMs, nowMs, _options.Random());
            foreach (NamedServers named in watch.Users)
            {
                if (DiscoveryText.OfLookup(watch, last, named, delayMs) is string text)
                {
                    Tell(named, isResolved: result.Outcome == LookupOutcome.Answered, text);
                }
            }

            TaskCompletionSource looked = _looked;
            _looked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            looked.SetResult();
            return delayMs;
        }
    }

    private void Tell(NamedServers named, bool isResolved, string text)
    {
        try
        {
            _options.Tell(EventOf(named, isResolved, text));
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Whoever read what the process says has gone.
        }
    }

    private DiscoveryEvent EventOf(NamedServers named, bool isResolved, string text) =>
        new(_options.Time.GetUtcNow(), named.Key.Pool, isResolved, text);

    private NameReport Report(NamedServers named)
    {
        NameWatch? watch = named.Problem;
        NameState? problem = watch?.State;
        return new NameReport(named.Key.Pool, named.Key.ToString(), named.Servers.Count)
        {
            IsPending = named.IsPending,
            Problem = problem?.Last!.Outcome,
            Detail = watch is null ? null : $"{watch.Key}: {problem!.Last!.Detail}",
            AnswerAgeMs = problem is { HasAnswered: true } ? NowMs() - problem.AnsweredAtMs : null,
        };
    }

    private double? AgeMsOf(string host, long nowMs) => _watches.Values
        .Where(watch => watch.Key.Name == host && watch.State.Answer is not null)
        .Select(watch => (double?)(nowMs - watch.State.AnsweredAtMs))
        .Min();
}
