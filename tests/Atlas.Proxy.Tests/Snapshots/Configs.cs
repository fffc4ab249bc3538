using Atlas.Core.Configuration;

namespace Atlas.Proxy.Tests.Snapshots;

/// <summary>Configurations for tests.</summary>
internal static class Configs
{
    internal static AtlasConfig Config(PoolConfig pool, Func<ListenerConfig, ListenerConfig>? change = null)
    {
        var front = new ListenerConfig { Name = "front", Routes = [new RouteConfig { Pool = pool.Name }] };
        return new AtlasConfig { Listeners = [change?.Invoke(front) ?? front], Pools = [pool] };
    }

    internal static PoolConfig Pool(string name, params (string Name, int Port)[] servers) => new()
    {
        Name = name,
        Servers = [.. servers.Select(server => new ServerConfig
        {
            Name = server.Name,
            Address = ServerAddress.TryParse($"127.0.0.1:{server.Port}", out ServerAddress? address) ? address : null,
        })],
    };
}
