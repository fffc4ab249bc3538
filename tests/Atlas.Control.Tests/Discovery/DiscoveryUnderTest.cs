using System.Collections.Concurrent;
using Atlas.Control.Configuration;
using Atlas.Control.Discovery;
using Atlas.Control.Tests.Health;
using Atlas.Core.Configuration;

namespace Atlas.Control.Tests.Discovery;

/// <summary>A discovery with a clock, a chance and a resolver that the test decides on.</summary>
internal sealed class DiscoveryUnderTest : IDisposable
{
    public DiscoveryUnderTest() => Names = new NameDiscovery(new DiscoveryOptions
    {
        Resolver = Resolver,
        Time = Time,
        Random = () => 0,
        Changed = change => Changes.Enqueue(change.ToString()),
        Tell = change => Lines.Enqueue(change.ToString()),
    });

    public RecordedTime Time { get; } = new();

    public StubResolver Resolver { get; } = new();

    public NameDiscovery Names { get; }

    public ConcurrentQueue<string> Changes { get; } = new();

    public ConcurrentQueue<string> Lines { get; } = new();

    /// <summary>A configuration of one pool.</summary>
    public static AtlasConfig Config(string servers, string more = "")
    {
        ConfigResult result = ConfigLoader.Parse(
            $"listeners:\n  l: {{ bind: '127.0.0.1:80', pool: p }}\npools:\n  p: {{ servers: [{servers}] }}\n{more}", "f");
        result.Errors.ShouldBeEmpty();
        return result.Config!;
    }

    /// <summary>Has a configuration come into force, and gives it once all of its names were looked up.</summary>
    public async Task<AtlasConfig> StartAsync(string servers, string more = "")
    {
        AtlasConfig config = Config(servers, more);
        await Names.PrepareAsync(config, TimeSpan.FromMinutes(1)).WaitAsync(Until.Limit);
        Names.Apply(config);
        return config;
    }

    /// <summary>The servers of a pool at present: name, weight, and a mark of backups.</summary>
    public string[] Servers(AtlasConfig config, string pool = "p") =>
        [.. Names.Expand(config).FindPool(pool)!.Servers.Select(server => $"{server.Name} {server.Weight}{(server.Backup ? " backup" : "")}")];

    /// <summary>Lets time pass, in steps, until the name was looked up once more.</summary>
    public async Task LookAsync(string name, Atlas.Protocols.Dns.DnsType type = Atlas.Protocols.Dns.DnsType.A, int stepMs = 1_000)
    {
        int before = Resolver.Asked(name, type);
        int waits = Time.Waits.Count;
        Time.Advance(TimeSpan.FromMilliseconds(stepMs));
        long endMs = Environment.TickCount64 + 60_000;
        while (Resolver.Asked(name, type) == before || Time.Waits.Count == waits)
        {
            (Environment.TickCount64 < endMs).ShouldBeTrue($"{name} is not looked up");
            await Task.Yield();
        }
    }

    public void Dispose() => Names.Dispose();
}
