using Atlas.Core.Balancing;
using Atlas.Core.Configuration;
using BenchmarkDotNet.Attributes;

namespace Atlas.Benchmarks;

/// <summary>Taking a change of one server's state: the roster and the algorithm's tables anew.</summary>
public class RosterBenchmarks
{
    private BalancedServer[] _servers = [];
    private PoolBalancer _pool = null!;

    [Params(
        BalanceAlgorithm.RoundRobin,
        BalanceAlgorithm.LeastConnections,
        BalanceAlgorithm.PowerOfTwo,
        BalanceAlgorithm.Random)]
    public BalanceAlgorithm Algorithm { get; set; }

    [Params(10, 100, 1_000, 10_000)]
    public int Servers { get; set; }

    [GlobalSetup]
    public void Make()
    {
        _servers = [.. Enumerable.Range(0, Servers).Select(i => new BalancedServer($"s{i}") { Weight = 1 + (i * 37 % 100) })];
        _pool = new PoolBalancer(Algorithm, _servers, new RosterOptions(PanicShare: 0.5, SlowStartMs: 0), previous: null, nowMs: 0);
    }

    [Benchmark]
    public bool Refresh()
    {
        _servers[0].IsUp = !_servers[0].IsUp;
        return _pool.Refresh(nowMs: 0);
    }
}
