using System.Net;
using Atlas.Core.Balancing;
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
            server.IsUp = false;
        }
    }

    [Benchmark(Baseline = true)]
    public ServerState? AllUp() => _allUp.Pick(0, out _);

    [Benchmark]
    public ServerState? OneUp() => _oneUp.Pick(0, out _);

    private PoolSnapshot Pool() => new(
        "bench",
        [.. Enumerable.Range(0, Servers).Select(i => new ServerState($"s{i}", SocketAddress.OfIp(IPAddress.Loopback, 9000 + i)))],
        new RoundRobin());
}
