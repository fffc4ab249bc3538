using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration.Validation;

/// <summary>Which keys of a pool go together.</summary>
internal static class PoolRules
{
    /// <summary>Adds an error for every rule that the pool breaks.</summary>
    public static void Check(PoolConfig pool, KnownNames names, Findings findings)
    {
        findings.Refer(pool.Source.PositionOf("session"), "session", pool.Session, names.Sessions);
        CheckHash(pool, findings);
        if (pool.Protocol != UpstreamProtocol.Http1 && pool.SendProxyProtocol != ProxyProtocolVersion.None)
        {
            findings.Add(
                pool,
                "send_proxy_protocol",
                "'send_proxy_protocol' says who the client of a connection is, and HTTP/2 shares connections between clients: use protocol http1");
        }

        TlsRules.Check(pool, findings);
        HealthRules.Check(pool, findings);
        CheckSticky(pool, names, findings);
    }

    /// <summary>Adds an error where browsers would refuse the cookie.</summary>
    public static void CheckCookie(CookieConfig cookie, Findings findings)
    {
        if (cookie is { SameSite: CookieSameSite.None, Secure: CookieSecure.Never })
        {
            findings.Add(
                cookie,
                "same_site",
                "browsers refuse cookies with same_site: none and secure: false: write secure: true, or same_site: lax");
        }

        bool needsSecure = cookie.Name.StartsWith("__Host-", StringComparison.OrdinalIgnoreCase)
            || cookie.Name.StartsWith("__Secure-", StringComparison.OrdinalIgnoreCase);
        if (needsSecure && cookie.Secure != CookieSecure.Always)
        {
            findings.Add(
                cookie,
                "name",
                $"browsers refuse a cookie '{cookie.Name}' that is not marked Secure: write secure: true, or give it a name without the prefix");
        }
    }

    private static void CheckHash(PoolConfig pool, Findings findings)
    {
        bool byKey = pool.Balance == BalanceAlgorithm.ConsistentHash;
        bool byIp = pool.Balance == BalanceAlgorithm.IpHash;
        if (pool.Source.IsWritten("hash_key") && !byKey)
        {
            findings.Add(pool, "hash_key", "'hash_key' needs balance: consistent_hash: change the balance, or remove it");
        }

        if (pool.Source.IsWritten("hash_ipv6_prefix") && !byIp && !(byKey && pool.HashKey.Kind == RequestKeyKind.ClientIp))
        {
            findings.Add(
                pool,
                "hash_ipv6_prefix",
                "'hash_ipv6_prefix' needs balance: ip_hash, or consistent_hash with hash_key: client_ip: change the balance, or remove it");
        }

        if (pool.HashBalancePercent is not null && !byKey && !byIp)
        {
            findings.Add(
                pool,
                "hash_balance_factor",
                "'hash_balance_factor' needs balance: ip_hash or consistent_hash: change the balance, or remove it");
        }
    }

    private static void CheckSticky(PoolConfig pool, KnownNames names, Findings findings)
    {
        if (pool.Sticky is not StickyConfig sticky)
        {
            return;
        }

        findings.Refer(sticky.Source.PositionOf("store"), "store", sticky.Store, names.Stores);
        CheckCookie(sticky.Cookie, findings);
        if (sticky.By != StickyKind.Cookie)
        {
            findings.Forbid(
                sticky,
                ["cookie", "secret"],
                "belongs to the cookie that Atlas sets, and this pool is sticky by something else: remove it, or write by: cookie");
        }

        if (sticky.Store is null)
        {
            findings.Forbid(sticky, ["ttl"], "is how long a store knows clients, and this pool has none: remove it, or name a store");
        }

        if (sticky.By is StickyKind.Ip or StickyKind.Header
            && pool.Balance is not (BalanceAlgorithm.RoundRobin or BalanceAlgorithm.IpHash or BalanceAlgorithm.ConsistentHash))
        {
            findings.Add(
                pool,
                "balance",
                "'balance' has no effect in a pool that is sticky by ip or header, where the server is computed: "
                    + "remove it, or be sticky by cookie");
        }
    }
}
