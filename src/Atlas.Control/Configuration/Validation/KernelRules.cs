using System.Net.Sockets;
using Atlas.Core.Configuration;
using Atlas.Core.KernelForwarding;

namespace Atlas.Control.Configuration.Validation;

/// <summary>What a listener in kernel mode cannot have: Atlas sees none of its bytes.</summary>
internal static class KernelRules
{
    private static readonly string[] Keys =
        ["routes", "sni", "alpn", "tls", "access_log", "limits", "timeouts", "accept_proxy_protocol", "backlog", "udp"];

    // What other listeners of the same pool may go by.
    private static readonly string[] UserPoolKeys = ["retry", "queue", "circuit_breaker", "timeouts", "keepalive", "source"];

    /// <summary>Adds an error for every rule that the listener breaks.</summary>
    public static void Check(ListenerConfig listener, AtlasConfig config, Findings findings)
    {
        if (listener.Mode != ListenerMode.Kernel)
        {
            findings.Forbid(listener, ["snat"], "needs mode kernel: remove it, or write mode: kernel");
            return;
        }

        if (listener.Protocol == ListenerProtocol.Http)
        {
            findings.Add(listener, "mode", "mode kernel forwards packets without reading them, so it needs protocol tcp or udp, not http");
            return;
        }

        findings.Forbid(listener, Keys, "does not go with mode kernel, in which Atlas sees no byte: remove it, or use mode user");
        foreach (var bind in listener.Bind)
        {
            CheckBind(listener, bind, findings);
        }

        if (listener.Pool is { } name && config.FindPool(name) is { } pool)
        {
            CheckPool(listener, pool, findings);
            CheckServers(listener, pool, findings);
            if (!IsUsedInUserMode(config, name))
            {
                CheckUserKeys(listener, pool, findings);
            }
        }
    }

    private static void CheckBind(ListenerConfig listener, BindAddress bind, Findings findings)
    {
        if (bind.Ip is not { } ip || bind.Port == 0)
        {
            findings.Add(bind.Position, $"'{bind}' cannot be forwarded by the kernel: mode kernel needs an IP address and a port above 0");
        }
        else if (ip.IsIPv4MappedToIPv6)
        {
            findings.Add(bind.Position, $"'{bind}' is an IPv4 address written as IPv6: write {ip.MapToIPv4()}:{bind.Port}");
        }
        else if (FamilyOf(listener) is { } family && ip.AddressFamily != family)
        {
            findings.Add(
                bind.Position,
                $"'{bind}' is of another family than {listener.Bind[0]}: mode kernel needs a listener for IPv4 and one for IPv6, with a pool each");
        }
    }

    private static void CheckPool(ListenerConfig listener, PoolConfig pool, Findings findings)
    {
        string reason = Reason(listener);
        if (!FlowSlots.CanBalance(pool.Balance))
        {
            findings.Add(
                pool,
                "balance",
                $"'balance' goes by what is under way at servers, which the kernel does not know, {reason} "
                    + "(round_robin, random, ip_hash, consistent_hash and first are possible)");
        }

        if (pool.Balance == BalanceAlgorithm.ConsistentHash && pool.HashKey.Kind != RequestKeyKind.ClientIp)
        {
            findings.Add(pool, "hash_key", $"'hash_key' is part of a request, and the kernel knows the client's address only, {reason}");
        }

        if (pool.HashIpv6PrefixBits % 8 != 0 && FamilyOf(listener) == AddressFamily.InterNetworkV6)
        {
            findings.Add(pool, "hash_ipv6_prefix", $"'hash_ipv6_prefix' is no multiple of 8, which the kernel needs, {reason}");
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

    private static void CheckServers(ListenerConfig listener, PoolConfig pool, Findings findings)
    {
        string reason = Reason(listener);
        foreach (var server in pool.Servers)
        {
            if (server.Dns is { } dns)
            {
                findings.Add(server, "dns", $"'{dns.Name}' is a name, {reason}");
            }
            else if (server.Address is { UnixPath: not null } path)
            {
                findings.Add(server, "address", $"'{path}' is a Unix socket, {reason}");
            }
            else if (server.Address is { IsName: true } named)
            {
                findings.Add(server, "address", $"'{named}' is a name and not an IP address, {reason}");
            }
            else if (server.Address is { Ip: { } ip } address && FamilyOf(listener) is { } family
                && (ip.IsIPv4MappedToIPv6 || ip.AddressFamily != family))
            {
                findings.Add(
                    server,
                    "address",
                    $"'{address}' is of another family than {listener.Bind[0]}, where listener '{listener.Name}' forwards packets in mode "
                        + "kernel: the kernel does not turn IPv4 into IPv6, nor back");
            }
        }
    }

    /// <summary>Keys that would have no effect at all.</summary>
    private static void CheckUserKeys(ListenerConfig listener, PoolConfig pool, Findings findings)
    {
        string reason = $"{Reason(listener)}, or remove it";
        if (pool.Sticky is { By: not StickyKind.Ip } sticky)
        {
            findings.Add(sticky, "by", $"'sticky' goes by what stands in requests, {reason} (by: ip is possible)");
        }

        if (pool.Sticky is { Store: not null } stored)
        {
            findings.Add(stored, "store", $"stores are asked for clients of requests, {reason}; or write store: none");
        }

        if (pool.HashBalancePercent is not null)
        {
            findings.Add(pool, "hash_balance_factor", $"'hash_balance_factor' goes by what is under way at servers, {reason}");
        }

        findings.Forbid(pool, UserPoolKeys, $"is about connections of Atlas, {reason}");
        if (pool.OutlierDetection is not null)
        {
            findings.Forbid(pool, ["outlier_detection"], $"goes by what servers answer, {reason}");
        }

        foreach (var server in pool.Servers.Where(server => server.MaxConnections is not null))
        {
            findings.Add(server, "max_connections", $"'max_connections' is not known to the kernel, {reason}");
        }
    }

    private static string Reason(ListenerConfig listener) =>
        $"and listener '{listener.Name}' forwards packets to this pool in mode kernel: use another pool, or mode user";

    private static AddressFamily? FamilyOf(ListenerConfig listener) => listener.Bind.Count > 0 ? listener.Bind[0].Ip?.AddressFamily : null;

    private static bool IsUsedInUserMode(AtlasConfig config, string pool) => config.Listeners
        .Where(listener => listener.Mode == ListenerMode.User)
        .Any(listener => listener.Pool == pool
            || listener.Routes.Any(route => route.Pool == pool || route.Split.Any(split => split.Pool == pool) || route.Mirror?.Pool == pool)
            || listener.Alpn.Any(rule => rule.Pool == pool)
            || listener.Sni is { } sni && (sni.DefaultPool == pool || sni.Rules.Any(rule => rule.Pool == pool)));
}
