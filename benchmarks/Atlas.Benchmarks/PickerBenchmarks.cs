using System.Net;
using Atlas.Proxy.Snapshots;
using BenchmarkDotNet.Attributes;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Benchmarks;

/// <summary>Choosing a server, with all up and with all but the last down.</summary>
public class PickerBenchmarks
{
    private PoolSnapshot _allUp = null!;
    private PoolSnapshot _oneUp = null!;

    [Params(3, 50)]
    public int Servers { get; set; }

    [GlobalSetup]
    public void Make()
    {
        _allUp = Pool();
        _oneUp = Pool();
        foreach (ServerState server in _oneUp.Servers.SkipLast(1))
        {
            server.Balancing.IsUp = false;
        }

        _oneUp.Balancer.Refresh(0);
    }

    [Benchmark(Baseline = true)]
    public int AllUp() => _allUp.Balancer.Current.Pick(default);

    [Benchmark]
    public int OneUp() => _oneUp.Balancer.Current.Pick(default);

    private PoolSnapshot Pool() => new(
        "bench",
        [.. Enumerable.Range(0, Servers).Select(i => new ServerState($"s{i}", SocketAddress.OfIp(IPAddress.Loopback, 9000 + i)))]);
}
