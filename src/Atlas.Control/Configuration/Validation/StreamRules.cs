using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration.Validation;

/// <summary>What a pool cannot have for what goes through unread: of such a connection the client's address is known and nothing of
/// what is said; and what only such connections can have.</summary>
internal static class StreamRules
{
    /// <summary>Adds an error for every rule that the listener's pools break. Of mode kernel <see cref="KernelRules"/> knows.</summary>
    public static void Check(ListenerConfig listener, AtlasConfig config, Findings findings)
    {
        if (listener.Mode == ListenerMode.Kernel)
        {
            return;
        }

        foreach (PoolConfig pool in PoolsOf(listener).Distinct(StringComparer.Ordinal).Select(config.FindPool).OfType<PoolConfig>())
        {
            if (listener.Protocol == ListenerProtocol.Http)
            {
                CheckHttp(listener, pool, findings);
            }
            else if (!config.Listeners.Any(other => other.Protocol == ListenerProtocol.Http && PoolsOf(other).Contains(pool.Name, StringComparer.Ordinal)))
            {
                // Where requests go to the pool, too, such a key is for them, and connections have no such part.
                CheckUnread(listener, pool, findings);
            }
        }
    }

    private static IEnumerable<string> PoolsOf(ListenerConfig listener) => listener.Routes
        .SelectMany(route => route.Split.Select(part => part.Pool).Append(route.Pool))
        .Append(listener.Pool)
        .Append(listener.Sni?.DefaultPool)
        .Concat(listener.Sni?.Rules.Select(rule => rule.Pool) ?? [])
        .Concat(listener.Alpn.Select(rule => rule.Pool))
        .OfType<string>();

    private static void CheckHttp(ListenerConfig listener, PoolConfig pool, Findings findings)
    {
        if (pool.Balance == BalanceAlgorithm.ConsistentHash && pool.HashKey.Kind == RequestKeyKind.Sni)
        {
            findings.Add(
                pool,
                "hash_key",
                $"hash_key: sni goes by TLS that is passed on, and listener '{listener.Name}' sends requests to this pool: write hash_key: host");
        }

        if (pool.ConnectsAsClient)
        {
            findings.Add(
                pool,
                "source",
                $"source: client gives each client connections of its own, and listener '{listener.Name}' shares those of this pool "
                    + "between clients: use protocol tcp, or leave it to X-Forwarded-For");
        }
    }

    private static void CheckUnread(ListenerConfig listener, PoolConfig pool, Findings findings)
    {
        string reason = $"and listener '{listener.Name}' passes on to this pool what it does not read";
        bool isKnown = pool.HashKey.Kind == RequestKeyKind.ClientIp || (pool.HashKey.Kind == RequestKeyKind.Sni && listener.Sni is not null);
        if (pool.Balance == BalanceAlgorithm.ConsistentHash && pool.HashKey.Kind == RequestKeyKind.Sni && !isKnown)
        {
            findings.Add(pool, "hash_key", $"hash_key: sni needs a listener with 'sni', {reason}: write hash_key: client_ip");
        }
        else if (pool.Balance == BalanceAlgorithm.ConsistentHash && !isKnown)
        {
            findings.Add(pool, "hash_key", $"'hash_key' is a part of a request, {reason}: write hash_key: client_ip");
        }

        if (pool.Sticky is { By: not StickyKind.Ip } sticky)
        {
            findings.Add(sticky, "by", $"clients are told apart by a part of a request, {reason}: write by: ip");
        }

        if (pool.Sticky is { Store: not null } stored)
        {
            findings.Add(stored, "store", $"stores are asked for clients of requests, {reason}: write store: none");
        }

        if (pool.Protocol != UpstreamProtocol.Http1)
        {
            findings.Add(pool, "protocol", $"'protocol' is about requests, {reason}: remove it");
        }

        if (pool.Tls is not null && listener.Sni is not null)
        {
            findings.Add(
                pool,
                "tls",
                $"'tls' would encrypt what is encrypted already, {reason}: remove it, or use 'tls' in place of 'sni' there");
        }

        foreach (BindAddress bind in listener.Bind.Where(bind => pool.ConnectsAsClient && bind.UnixPath is not null))
        {
            findings.Add(
                bind.Position,
                $"clients at '{bind}' have no IP address, and pool '{pool.Name}' connects from theirs (source: client): use an IP address, or another pool");
        }
    }
}
