using Atlas.Core.Configuration;
using Atlas.Engine.Tls;
using Atlas.Proxy.Metrics;

namespace Atlas.Proxy.Stores;

/// <summary>A configured store, shared by all workers, and kept across reloads while its configuration is the same.</summary>
public sealed class StoreState
{
    private readonly StoreHealth?[] _health;
    private readonly Lock _gate = new();
    private volatile string[] _full = [];
    private volatile bool _isForgotten;
    private volatile RedisTopology _topology = RedisTopology.Unknown;
    private volatile KeptTls? _tls;

    /// <summary>Makes a store of which nothing is known yet.</summary>
    /// <param name="config">What is written.</param>
    /// <param name="redis">How it is spoken to; null: it is none of Redis.</param>
    /// <param name="workers">How many workers use it.</param>
    public StoreState(StoreConfig config, RedisOptions? redis, int workers)
    {
        Config = config;
        Redis = redis;
        _health = new StoreHealth?[workers];
    }

    /// <summary>Its key under <c>stores</c>.</summary>
    public string Name => Config.Name;

    /// <summary>What is written.</summary>
    public StoreConfig Config { get; }

    /// <summary>How it is spoken to; null: it is none of Redis.</summary>
    public RedisOptions? Redis { get; }

    /// <summary>What counts its calls; null: nothing does.</summary>
    public StoreMetrics? Metrics { get; init; }

    /// <summary>Hears of its changes; null: nobody does.</summary>
    public IStoreObserver? Observer { get; init; }

    /// <summary>The servers of Redis that it is on. Any thread.</summary>
    public RedisTopology Topology
    {
        get => _topology;
        set => _topology = value;
    }

    /// <summary>How all workers find it: as the one that finds it worst; of one in memory, whether a session has used it up. Any
    /// thread.</summary>
    public StoreHealth Health
    {
        get
        {
            if (Redis is null)
            {
                return _full is [string session, ..]
                    ? new StoreHealth(StoreCondition.Refusing, $"session '{session}' has used up its max_memory: no other session begins")
                    : StoreHealth.Up;
            }

            StoreHealth? worst = null;
            for (int i = 0; i < _health.Length; i++)
            {
                StoreHealth? health = Volatile.Read(ref _health[i]);
                worst = worst is null || health?.Condition > worst.Condition ? health ?? worst : worst;
            }

            worst ??= StoreHealth.Connecting;
            return Refusal.Health is { } refusing && refusing.Condition > worst.Condition ? refusing : worst;
        }
    }

    /// <summary>What handshakes go by. Any thread; connections that are there stay.</summary>
    public TlsClientContext? Tls
    {
        get => _tls?.Context;
        set
        {
            KeptTls? before = _tls;
            if (before?.Context != value)
            {
                _tls = value is null ? null : new KeptTls(value, new TlsClientSessions(value));
                before?.Sessions.Dispose();
            }
        }
    }

    /// <summary>The same, with the sessions that connections may resume. Any thread.</summary>
    internal KeptTls? Security => _tls;

    /// <summary>What it refuses. Any thread.</summary>
    internal StoreRefusal Refusal { get; } = new();

    /// <summary>Whether no snapshot names it any more. Any thread.</summary>
    internal bool IsForgotten
    {
        get => _isForgotten;
        set => _isForgotten = value;
    }

    /// <summary>A worker finds it so.</summary>
    public void Found(int worker, StoreHealth health)
    {
        Interlocked.Exchange(ref _health[worker], health);
        Observer?.StoreChanged(this);
    }

    /// <summary>It refuses something, or nothing any more. Any thread.</summary>
    internal void RefusalChanged() => Observer?.StoreChanged(this);

    /// <summary>Of one in memory: a session has used up what it may have, or has not any more. Any thread.</summary>
    internal void FoundFull(string session, bool isFull)
    {
        lock (_gate)
        {
            string[] others = [.. _full.Where(other => other != session)];
            _full = isFull ? [.. others, session] : others;
        }

        Observer?.StoreChanged(this);
    }

    internal sealed record KeptTls(TlsClientContext Context, TlsClientSessions Sessions);
}
