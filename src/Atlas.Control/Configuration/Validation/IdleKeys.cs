using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration.Validation;

/// <summary>
/// Keys of pools that do nothing there, since they are about requests and only what goes through unread comes to the pool. They are
/// allowed: a pool may be written before its listener, and its defaults be shared.
/// <code>
///                               tcp     udp
///   keepalive, session          idle    idle
///   timeouts response, tunnel   idle    idle
///   timeouts connect,           used    idle
///   tunnel_half_closed
///   retry on reset, 5xx, budget idle    idle
///   retry attempts, on          used    idle
///   queue, circuit_breaker,     used    idle
///   on_server_down
/// </code>
/// </summary>
internal static class IdleKeys
{
    private const string Unread = "is about requests, and only listeners that do not read what they pass on";
    private const string Datagrams = "is about connections and requests, and only listeners for datagrams";

    private static readonly string[] OfRequests = ["keepalive", "session"];
    private static readonly string[] OfConnections = ["retry", "timeouts", "queue", "circuit_breaker", "on_server_down"];

    /// <summary>A warning with its place for each, in the file's order.</summary>
    /// <param name="config">A configuration without errors.</param>
    internal static IReadOnlyList<ConfigError> Find(AtlasConfig config)
    {
        var warnings = new ConfigErrors(config.FileName);
        foreach (PoolConfig pool in config.Pools)
        {
            ListenerConfig[] users = [.. config.Listeners.Where(listener => listener.Mode == ListenerMode.User && PoolNames.Of(listener).Contains(pool.Name))];
            if (users.Length == 0 || users.Any(listener => listener.Protocol == ListenerProtocol.Http))
            {
                continue;
            }

            if (users.Any(listener => listener.Protocol == ListenerProtocol.Tcp))
            {
                Warn(pool, OfRequests, Unread, pool, warnings);
                Warn(pool, ["response", "tunnel"], Unread, pool.Timeouts, warnings);
                Warn(pool, ["budget"], Unread, pool.Retry, warnings);
                WarnOfRetries(pool, warnings);
            }
            else
            {
                Warn(pool, [.. OfRequests, .. OfConnections], Datagrams, pool, warnings);
            }
        }

        return warnings.InOrder(ConfigLoader.MaxErrors);
    }

    private static void Warn(PoolConfig pool, string[] keys, string reason, ConfigSection section, ConfigErrors warnings)
    {
        foreach (string key in keys.Where(section.Source.IsWritten))
        {
            warnings.Add(section.Source.PositionOf(key), $"'{key}' {reason} send to pool '{pool.Name}': it has no effect");
        }
    }

    private static void WarnOfRetries(PoolConfig pool, ConfigErrors warnings)
    {
        if (pool.Retry.Source.IsWritten("on") && (pool.Retry.OnReset || pool.Retry.OnStatuses.Count > 0))
        {
            warnings.Add(
                pool.Retry.Source.PositionOf("on"),
                $"of a connection nothing but its opening can be tried again, and only listeners that do not read what they pass on send to pool "
                    + $"'{pool.Name}': all but connect_failure has no effect");
        }
    }
}
