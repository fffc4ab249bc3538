using Atlas.Core.Balancing;
using Atlas.Core.Configuration;
using BenchmarkDotNet.Attributes;

namespace Atlas.Benchmarks;

/// <summary>Choosing a server: among servers of one weight, of many weights, and with every second one down. Each pick begins
/// a request and each 64th begins after all of them have ended, as on a worker that has 64 under way.</summary>
public class PickerBenchmarks
{
    private const int UnderWay = 64;

    private readonly int[] _underWay = new int[UnderWay];
    private BalancedServer[] _servers = [];
    private Balancer _balancer = null!;
    private ulong _random = 1;

    /// <summary>What a pool is like.</summary>
    public enum Pool
    {
        Equal,
        Weighted,
        HalfDown,
    }

    [Params(
        BalanceAlgorithm.RoundRobin,
        BalanceAlgorithm.LeastConnections,
        BalanceAlgorithm.PowerOfTwo,
        BalanceAlgorithm.Random,
        BalanceAlgorithm.First)]
    public BalanceAlgorithm Algorithm { get; set; }

    [Params(10, 1_000, 10_000)]
    public int Servers { get; set; }

    [Params(Pool.Equal, Pool.Weighted, Pool.HalfDown)]
    public Pool Like { get; set; }

    [GlobalSetup]
    public void Make()
    {
        _servers = [.. Enumerable.Range(0, Servers).Select(i => new BalancedServer($"s{i}"))];
        for (int i = 0; i < Servers; i++)
        {
            _servers[i].Weight = Like == Pool.Weighted ? 1 + (i * 37 % 100) : 1;
            _servers[i].IsUp = Like != Pool.HalfDown || i % 2 == 0;
        }

        _balancer = new PoolBalancer(Algorithm, _servers, new RosterOptions(PanicShare: 0.4, SlowStartMs: 0), previous: null, nowMs: 0).Current;
    }

    [Benchmark(OperationsPerInvoke = UnderWay)]
    public int Pick()
    {
        foreach (ref int picked in _underWay.AsSpan())
        {
            picked = _balancer.Pick(new PickRequest { Random = _random++ });
            _servers[picked].Begin();
        }

        foreach (int picked in _underWay)
        {
            _servers[picked].End();
        }

        return _underWay[0];
    }
}
