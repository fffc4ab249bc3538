using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration.Validation;

/// <summary>What the servers of one pool must be among each other.</summary>
internal static class ServerRules
{
    /// <summary>Adds an error for every rule that the pool's servers break.</summary>
    public static void Check(PoolConfig pool, Findings findings)
    {
        findings.Unique(
            pool.Servers.Where(server => server.Source.IsWritten("name") || server.Dns is { Port: 0 }),
            server => server.Name,
            server => server.Source.PositionOf("name"),
            (name, line) => $"two servers of pool '{pool.Name}' have the name '{name}', the first in line {line}: names are unique in a pool");
        findings.Unique(
            pool.Servers,
            Target,
            server => server.Source.PositionOf(server.Dns is null ? "address" : "dns"),
            (target, line) => $"two servers of pool '{pool.Name}' are {target}, the first in line {line}: remove one, or add the weights");
        if (pool.Servers.Count > 0 && pool.Servers.All(server => server.Backup))
        {
            findings.Add(
                pool,
                "servers",
                $"every server of pool '{pool.Name}' is a backup: at least one must not be, or nothing is there to be backed up");
        }
        else if (pool.Servers.Count > 0 && pool.Servers.All(server => server.Weight == 0))
        {
            findings.Add(
                pool,
                "servers",
                $"every server of pool '{pool.Name}' has weight 0, so that none gets requests: give at least one a weight from 1 to 65535");
        }
    }

    private static string? Target(ServerConfig server) =>
        server.Dns is { Name.Length: > 0 } dns ? $"{dns.Name}:{dns.Port} ({dns.RecordType})" : server.Address?.ToString();
}
