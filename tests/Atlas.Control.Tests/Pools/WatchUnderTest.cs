using Atlas.Control.Pools;
using Atlas.Core.Balancing;
using Atlas.Core.Configuration;
using Microsoft.Extensions.Time.Testing;

namespace Atlas.Control.Tests.Pools;

/// <summary>A watch with a clock that the test moves, over pools of which the test says what the file has.</summary>
internal sealed class WatchUnderTest : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly Dictionary<string, PoolBalancer> _balancers = [];
    private readonly Dictionary<(string, string), BalancedServer> _servers = [];

    public WatchUnderTest() => Watch = new PoolWatch(new PoolWatchOptions
    {
        Time = _time,
        NowMs = () => NowMs,
        Changed = change =>
        {
            Changes.Add(change);
            Lines.Add(change.ToString());
        },
        RosterChanged = () => RosterChanges++,
    });

    public PoolWatch Watch { get; }

    public List<PoolChange> Changes { get; } = [];

    public List<string> Lines { get; } = [];

    /// <summary>How often it was told that shares have changed.</summary>
    public int RosterChanges { get; private set; }

    public BalancedServer this[string server, string pool = "web"] => _servers[(pool, server)];

    private long NowMs => (long)(_time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalMilliseconds;

    /// <summary>The weights of the moment, in the order of the file.</summary>
    public int[] Weights(string pool = "web") => _balancers[pool].Current.Roster.Weights.ToArray();

    public PoolBalancer BalancerOf(string pool = "web") => _balancers[pool];

    public RosterGroup Group(string pool = "web") => _balancers[pool].Current.Roster.Group;

    public void Apply(params PoolConfig[] pools)
    {
        var past = _servers.ToDictionary();
        _servers.Clear();
        Watch.Apply([.. pools.Select(pool => Watched(pool, past))]);
    }

    public static PoolConfig Pool(params ServerConfig[] servers) => new() { Name = "web", Servers = [.. servers] };

    public static ServerConfig Server(string name, int weight = 1) => new() { Name = name, Weight = weight };

    /// <summary>A pool web of servers of weight 1.</summary>
    public static PoolConfig Pool(params string[] servers) => Pool([.. servers.Select(name => Server(name))]);

    public void Advance(int ms) => _time.Advance(TimeSpan.FromMilliseconds(ms));

    public void Dispose() => Watch.Dispose();

    private WatchedPool Watched(PoolConfig pool, Dictionary<(string, string), BalancedServer> past)
    {
        var servers = pool.Servers.Select(config =>
        {
            if (!past.TryGetValue((pool.Name, config.Name), out BalancedServer? server))
            {
                server = new BalancedServer(config.Name);
                server.Configure(config);
            }

            _servers.Add((pool.Name, config.Name), server);
            return server;
        }).ToArray();
        var balancer = new PoolBalancer(
            pool.Balance,
            servers,
            new RosterOptions(pool.PanicThresholdShare, pool.SlowStartMs),
            _balancers.GetValueOrDefault(pool.Name),
            NowMs);
        _balancers[pool.Name] = balancer;
        return new WatchedPool(pool, balancer, servers);
    }
}
