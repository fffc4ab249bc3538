using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration.Validation;

/// <summary>What a listener in kernel mode cannot have: Atlas sees none of its bytes.</summary>
internal static class KernelRules
{
    private static readonly string[] Keys = ["routes", "sni", "tls", "access_log", "limits", "timeouts", "accept_proxy_protocol", "backlog"];

    /// <summary>Adds an error for every rule that the listener breaks.</summary>
    public static void Check(ListenerConfig listener, AtlasConfig config, Findings findings)
    {
        if (listener.Mode != ListenerMode.Kernel)
        {
            return;
        }

        if (listener.Protocol == ListenerProtocol.Http)
        {
            findings.Add(listener, "mode", "mode kernel forwards packets without reading them, so it needs protocol tcp or udp, not http");
            return;
        }

        findings.Forbid(listener, Keys, "does not go with mode kernel, in which Atlas sees no byte: remove it, or use mode user");
        foreach (var bind in listener.Bind.Where(bind => bind.UnixPath is not null || bind.Port == 0))
        {
            findings.Add(bind.Position, $"'{bind}' cannot be forwarded by the kernel: mode kernel needs an IP address and a port above 0");
        }

        if (listener.Pool is { } name && config.FindPool(name) is { } pool)
        {
            CheckPool(listener, pool, findings);
        }
    }

    private static void CheckPool(ListenerConfig listener, PoolConfig pool, Findings findings)
    {
        string reason = $"and listener '{listener.Name}' forwards packets to this pool in mode kernel: use another pool, or mode user";
        foreach (var server in pool.Servers.Where(server => server.Address?.UnixPath is not null))
        {
            findings.Add(server, "address", $"'{server.Address}' is a Unix socket, {reason}");
        }

        if (pool.Tls is not null)
        {
            findings.Add(pool, "tls", $"'tls' encrypts what Atlas sends, {reason}");
        }

        if (pool.SendProxyProtocol != ProxyProtocolVersion.None)
        {
            findings.Add(pool, "send_proxy_protocol", $"'send_proxy_protocol' writes into connections, {reason}");
        }
    }
}
