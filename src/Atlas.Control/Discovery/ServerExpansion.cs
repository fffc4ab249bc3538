using System.Net;
using Atlas.Core.Configuration;

namespace Atlas.Control.Discovery;

/// <summary>Puts servers in the place of names.</summary>
internal static class ServerExpansion
{
    // As many as a file may have.
    private const int MaxServers = 4_096;

    /// <summary>The configuration with servers in place of names. O(servers).</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="serversOf">The servers of a name.</param>
    internal static AtlasConfig Of(AtlasConfig config, Func<NamedServersKey, IReadOnlyList<ResolvedServer>> serversOf) =>
        config.Pools.Any(HasNames)
            ? config with { Pools = [.. config.Pools.Select(pool => HasNames(pool) ? Of(pool, serversOf) : pool)] }
            : config;

    /// <summary>
    /// What a server of a name is called: <c>NAME@ADDRESS:PORT</c>, where NAME is the name that the configuration gives, or
    /// the host. It is the same whatever other servers the name has, since clients are bound, hashed and counted by it.
    /// </summary>
    internal static string NameOf(ServerConfig server, IPEndPoint address)
    {
        string name = server.Source.IsWritten("name") ? server.Name : server.Dns?.Name ?? server.Address!.Host;
        return $"{name}@{address}";
    }

    private static bool HasNames(PoolConfig pool) => pool.Servers.Any(server => server is { Dns: not null } or { Address.IsName: true });

    private static PoolConfig Of(PoolConfig pool, Func<NamedServersKey, IReadOnlyList<ResolvedServer>> serversOf)
    {
        var servers = new List<ServerConfig>();

        // Addresses that the file has itself are its servers, wherever they stand.
        var taken = pool.Servers.Select(server => server.Address?.ToString()).ToHashSet();
        foreach (ServerConfig server in pool.Servers)
        {
            if (NamedServersKey.Of(pool, server) is not NamedServersKey key)
            {
                servers.Add(server);
                continue;
            }

            foreach (ResolvedServer resolved in serversOf(key))
            {
                string address = resolved.Address.ToString();
                if (servers.Count < MaxServers && ServerAddress.TryParse(address, out ServerAddress? parsed) && taken.Add(address))
                {
                    servers.Add(server with
                    {
                        Name = NameOf(server, resolved.Address),
                        Address = parsed,
                        Dns = null,
                        HostName = server.Dns?.Name ?? server.Address!.Host,
                        Weight = resolved.Weight ?? server.Weight,
                        Backup = server.Backup || resolved.IsBackup,
                    });
                }
            }
        }

        return pool with { Servers = [.. servers] };
    }
}
