using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration.Validation;

/// <summary>What the pool of a UDP listener cannot have, beside what <see cref="StreamRules"/> says.</summary>
internal static class UdpRules
{
    /// <summary>Adds an error for every rule that the listener's pool breaks.</summary>
    public static void Check(ListenerConfig listener, AtlasConfig config, Findings findings)
    {
        if (listener is not { Protocol: ListenerProtocol.Udp, Pool: { } name, Mode: ListenerMode.User } || config.FindPool(name) is not { } pool)
        {
            return;
        }

        string reason = $"and listener '{listener.Name}' sends datagrams to this pool: use another pool";
        foreach (ServerConfig server in pool.Servers.Where(server => server.Address?.UnixPath is not null))
        {
            findings.Add(server, "address", $"'{server.Address}' is a Unix socket, {reason}");
        }

        findings.Forbid(pool, ["tls"], $"is for connections, {reason}");
        findings.Forbid(pool, ["send_proxy_protocol"], $"is for connections, {reason}");
        if (pool.ConnectsAsClient)
        {
            findings.Add(pool, "source", $"source: client is for connections, {reason}");
        }
    }
}
