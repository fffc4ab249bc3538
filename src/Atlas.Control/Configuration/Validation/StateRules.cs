using System.Text;
using Atlas.Core.Configuration;
using Atlas.Protocols.Http;

namespace Atlas.Control.Configuration.Validation;

/// <summary>What stores and sessions must have.</summary>
internal static class StateRules
{
    // What a head of HTTP/2 from a server may have in all, 64 KiB, less a quarter for the base64url and the rest for other fields.
    private const int MaxHttp2Bytes = 40 * 1024;

    private static readonly string[] SentinelKeys = ["master", "sentinel_user", "sentinel_password"];
    private static readonly string[] RedisKeys = ["url", "sentinels", .. SentinelKeys, "cluster", "user", "password", "tls", "timeout"];
    private static readonly string[] Places = ["url", "sentinels", "cluster"];

    /// <summary>Adds an error for every rule that stores or sessions break.</summary>
    public static void Check(AtlasConfig config, KnownNames names, Findings findings)
    {
        foreach (var store in config.Stores)
        {
            CheckName(store, findings);
            if (store.Type == StoreType.Memory)
            {
                findings.Forbid(store, RedisKeys, "needs type: redis, and this store is memory: add the type, or remove it");
            }
            else
            {
                findings.Forbid(store, ["max_memory"], "is for stores of type: memory; a Redis server has maxmemory in its own configuration");
                CheckRedis(store, findings);
            }
        }

        foreach (var session in config.Sessions)
        {
            PoolRules.CheckCookie(session.Cookie, findings);
            if (!session.Header.Contains('-', StringComparison.Ordinal))
            {
                findings.Add(
                    session.Source.PositionOf("header"),
                    $"all fields whose names begin with '{session.Header}-' belong to the session: its header needs a name with a hyphen, "
                        + "such as Atlas-Session");
            }
            else if (HeaderNames.Recognize(Encoding.ASCII.GetBytes(session.Header)) != KnownHeader.None)
            {
                findings.Add(
                    session.Source.PositionOf("header"),
                    $"'{session.Header}' has a meaning of its own in HTTP: the session needs a header of its own, such as Atlas-Session");
            }

            if (session.LifetimeSeconds < session.TtlSeconds)
            {
                findings.Add(
                    session, "lifetime", "'lifetime' ends before 'ttl', so that 'ttl' never counts: give the session a shorter ttl, or a longer lifetime");
            }

            CheckRoutes(config, session, findings);
            if (session.Store.Length > 0)
            {
                findings.Refer(session.Source.PositionOf("store"), "store", session.Store, names.Stores);
            }
        }

        findings.Unique(
            config.Sessions.Where(session => session.Cookie.Source.IsWritten("name")),
            session => session.Cookie.Name,
            session => session.Cookie.Source.PositionOf("name"),
            (name, line) => $"two sessions have the cookie '{name}', the first in line {line}: each needs its own");
        foreach (PoolConfig pool in config.Pools)
        {
            if (config.Sessions.FirstOrDefault(session => session.Name == pool.Session) is { } session)
            {
                CheckPool(pool, session, findings);
            }
        }
    }

    // Where a store is named these words stand for none, so that such a store would be passed over without a word.
    private static void CheckName(StoreConfig store, Findings findings)
    {
        if (store.Name is "local" or "none")
        {
            string meaning = store.Name == "local"
                ? "'store: local' of a 'rate_limit' means that each node counts for itself"
                : "'store: none' of 'sticky' means that there is none";
            findings.Add(store.Position, $"a store cannot have the name '{store.Name}', since {meaning}: give it another, such as shared");
        }
    }

    // A field that a route wrote would come beside the session, or in its place.
    private static void CheckRoutes(AtlasConfig config, SessionConfig session, Findings findings)
    {
        foreach (RouteConfig route in config.Listeners.SelectMany(listener => listener.Routes))
        {
            foreach (var (key, rules) in new[] { ("request_headers", route.RequestHeaders), ("response_headers", route.ResponseHeaders) })
            {
                if (rules.Set.Concat(rules.Add).Any(field => IsField(field.Name, session.Header)))
                {
                    findings.Add(route, key, $"'{key}' writes a field of session '{session.Name}', which only Atlas and the servers do: remove it");
                }
            }
        }
    }

    private static bool IsField(string name, string header) =>
        name.StartsWith(header, StringComparison.OrdinalIgnoreCase) && (name.Length == header.Length || name[header.Length] == '-');

    private static void CheckPool(PoolConfig pool, SessionConfig session, Findings findings)
    {
        CheckCookies(pool, session, findings);
        if (pool.Protocol != UpstreamProtocol.Http1 && session.MaxSizeBytes > MaxHttp2Bytes)
        {
            findings.Add(
                pool,
                "session",
                $"session '{session.Name}' may have more than 40KiB, which no head of HTTP/2 holds: give it a smaller max_size, or the pool protocol: http1");
        }
    }

    private static void CheckCookies(PoolConfig pool, SessionConfig session, Findings findings)
    {
        string? sticky = pool.Sticky switch
        {
            { By: StickyKind.Cookie } own => own.Cookie.Name,
            { By: StickyKind.AppCookie } theirs => theirs.Name,
            _ => null,
        };
        if (sticky == session.Cookie.Name)
        {
            findings.Add(
                pool,
                "session",
                $"session '{session.Name}' and 'sticky' of the pool have the same cookie '{session.Cookie.Name}': give one of them another");
        }
    }

    private static void CheckRedis(StoreConfig store, Findings findings)
    {
        string[] places = [.. Places.Where(store.Source.IsWritten)];
        if (places.Length == 0)
        {
            findings.Add(
                store.Position,
                $"store '{store.Name}' is redis and needs 'url', such as redis://127.0.0.1:6379/0, or 'sentinels' with 'master', or 'cluster'");
        }

        foreach (string other in places.Skip(1))
        {
            findings.Add(store, other, $"'{other}' stands beside '{places[0]}', and both say where the store is: remove one");
        }

        CheckAddresses(store, "sentinels", store.Sentinels, findings);
        CheckAddresses(store, "cluster", store.Cluster, findings);
        if (store.Source.IsWritten("sentinels") && store.Master is null)
        {
            findings.Add(store, "sentinels", "'sentinels' needs 'master', the name that they watch it under, such as mymaster");
        }
        else if (!store.Source.IsWritten("sentinels"))
        {
            findings.Forbid(store, SentinelKeys, "needs 'sentinels', of which this store has none: write them, or remove it");
        }

        if (store is { SentinelUser: not null, SentinelPassword: null } && store.Source.IsWritten("sentinels"))
        {
            findings.Add(store, "sentinel_user", "a user needs a password: write sentinel_password: { file: sentinel.password }");
        }

        bool hasUrlUser = store.Url is { } url && Uri.TryCreate(url, UriKind.Absolute, out Uri? parsed) && parsed.UserInfo.Length > 0;
        if (hasUrlUser && store.User is not null)
        {
            findings.Add(store, "user", "'user' is written, and the URL has one, too: remove one");
        }

        if (store.Password is null && (hasUrlUser || store.User is not null))
        {
            findings.Add(store, hasUrlUser ? "url" : "user", "a user needs a 'password', such as password: { file: redis.password }");
        }

        if (store is { Tls: not null, Url: not null } && store.Url.StartsWith("redis://", StringComparison.Ordinal))
        {
            findings.Add(store, "tls", "'tls' is written, and the URL says redis://, without it: write rediss://, or remove it");
        }
        else if (store.Tls is not null)
        {
            TlsRules.Check(store.Tls, findings);
        }
    }

    private static void CheckAddresses(StoreConfig store, string key, ValueList<ServerAddress> addresses, Findings findings)
    {
        if (store.Source.IsWritten(key) && addresses.Count == 0)
        {
            findings.Add(store, key, $"'{key}' is empty: name one at least, such as 10.0.0.1:{(key == "cluster" ? "6379" : "26379")}");
        }

        if (addresses.FirstOrDefault(address => address.UnixPath is not null) is { } unix)
        {
            findings.Add(store, key, $"'{unix}' is a Unix socket, which others cannot tell of: write a host and port");
        }
    }
}
