using Atlas.Core.Balancing;
using Atlas.Core.Configuration;
using BenchmarkDotNet.Attributes;

namespace Atlas.Benchmarks;

/// <summary>Choosing a server: among servers of one weight, of many weights, and with every second one down. Each pick begins
/// a request and each 64th begins after all of them have ended, as on a worker that has 64 under way. Servers are known to take
/// 1 to 1.6 ms, and requests go by random keys.</summary>
public class PickerBenchmarks
{
    private const int UnderWay = 64;

    // The numbers of an additive sequence with it (Weyl's) are spread evenly, in their leading bits too, at the cost of an addition.
    private const ulong Golden = 0x9E37_79B9_7F4A_7C15;

    private const long ObservedUs = 1_000_000;
    private const long NowUs = 1_000_500;

    private readonly int[] _underWay = new int[UnderWay];
    private BalancedServer[] _servers = [];
    private Balancer _balancer = null!;
    private ulong _random;

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
        BalanceAlgorithm.First,
        BalanceAlgorithm.ConsistentHash,
        BalanceAlgorithm.LeastTime)]
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
            _servers[i].Observe(1_000 + (i % 7 * 100), ObservedUs);
        }

        _balancer = new PoolBalancer(Algorithm, _servers, new RosterOptions(PanicShare: 0.4, SlowStartMs: 0), previous: null, nowMs: 0).Current;
    }

    [Benchmark(OperationsPerInvoke = UnderWay)]
    public int Pick()
    {
        foreach (ref int picked in _underWay.AsSpan())
        {
            _random = unchecked(_random + Golden);
            picked = _balancer.Pick(new PickRequest { Random = _random, Key = _random, HasKey = true, NowUs = NowUs });
            _servers[picked].Begin();
        }

        foreach (int picked in _underWay)
        {
            _servers[picked].End();
        }

        return _underWay[0];
    }
}
