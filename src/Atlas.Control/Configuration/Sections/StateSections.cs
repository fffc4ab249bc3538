using Atlas.Control.Configuration.Keys;
using Atlas.Control.Configuration.Kinds;
using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration.Sections;

/// <summary>The keys of what outlives a request: cookies, stores, sessions.</summary>
internal static class StateSections
{
    /// <summary>The cookie of <c>sticky</c>.</summary>
    public static Section<CookieConfig> StickyCookie { get; } = Attributes(new Section<CookieConfig>(
        "sticky_cookie", "pools.NAME.sticky.cookie", "a 'cookie'", "The cookie that Atlas sets to know a client by.")
        .Key("name", Texts.Token, s => s.Name, (s, v) => s with { Name = v }, "Its name.")
        .Key("ttl", Durations.Seconds(0, SectionLimits.LongestSeconds),
            s => s.TtlSeconds, (s, v) => s with { TtlSeconds = v },
            "How long browsers keep it; 0s: until they close."));

    /// <summary>The cookie of a session; the session's <c>ttl</c> counts for it.</summary>
    public static Section<CookieConfig> SessionCookie { get; } = Attributes(new Section<CookieConfig>(
        "session_cookie", "sessions.NAME.cookie", "a session's 'cookie'", "The cookie that carries the session's id.")
        .Key("name", Texts.Token, s => s.Name, (s, v) => s with { Name = v }, "Its name.", required: true));

    /// <summary>A store.</summary>
    public static Section<StoreConfig> Store { get; } = new Section<StoreConfig>(
        "store", "stores.NAME", "a store", "A place for state that outlives a request.")
        .Key("type", Choices.Of(("memory", StoreType.Memory), ("redis", StoreType.Redis)),
            s => s.Type, (s, v) => s with { Type = v },
            "`memory`: this process's own; `redis`: a Redis or Valkey server.")
        .Key("url", Kind.Optional(Urls.Redis),
            s => s.Url, (s, v) => s with { Url = v },
            "Redis: its URL, `redis://` or with TLS `rediss://`, with the number of the database as its path, without a password.")
        .Key("sentinels", Kind.AnyNumber(Addresses.Server, SectionLimits.RedisNodes),
            s => s.Sentinels, (s, v) => s with { Sentinels = v },
            "Redis, in place of `url`: the sentinels that know which server is the master.")
        .Key("master", Kind.Optional(Texts.Token),
            s => s.Master, (s, v) => s with { Master = v },
            "With `sentinels`: what they call it.")
        .Key("sentinel_user", Kind.Optional(Texts.Token, "the default user"),
            s => s.SentinelUser, (s, v) => s with { SentinelUser = v },
            "With `sentinels` that ask for it: the user that `sentinel_password` is of (ACL).")
        .Key("sentinel_password", Kind.OptionalMap(ProcessSections.Secret),
            s => s.SentinelPassword, (s, v) => s with { SentinelPassword = v },
            "With `sentinels` that ask for it: where their password is read from. Without it they are asked without one; that of the servers is not "
                + "sent to them.")
        .Key("cluster", Kind.AnyNumber(Addresses.Server, SectionLimits.RedisNodes),
            s => s.Cluster, (s, v) => s with { Cluster = v },
            "Redis Cluster, in place of `url`: servers of it. One that answers tells of all others.")
        .Key("user", Kind.Optional(Texts.Token, "the default user"),
            s => s.User, (s, v) => s with { User = v },
            "Redis: the user that the password is of (ACL).")
        .Key("password", Kind.OptionalMap(ProcessSections.Secret),
            s => s.Password, (s, v) => s with { Password = v },
            "Redis: where its password is read from.")
        .Key("tls", Kind.OptionalMap(TlsSections.Store),
            s => s.Tls, (s, v) => s with { Tls = v },
            "Redis: how its certificate is checked. With `sentinels` or `cluster` it says that there is TLS; a `url` says so itself, "
                + "`rediss://`.")
        .Key("timeout", Durations.Milliseconds(1, 10_000),
            s => s.TimeoutMs, (s, v) => s with { TimeoutMs = v },
            "How long a request waits for it before it goes on without.")
        .Key("max_memory", ByteSizes.Large(1 << 20, 1L << 40),
            s => s.MaxMemoryBytes, (s, v) => s with { MaxMemoryBytes = v },
            "Memory: the most that each session of `sessions` takes of it. Past it nobody's session is thrown out, and none begins.");

    /// <summary>A session.</summary>
    public static Section<SessionConfig> Session { get; } = new Section<SessionConfig>(
        "session", "sessions.NAME", "a session",
        "Session contents kept outside the servers, so that any server can serve any user.")
        .Key("store", Kind.NameOf("store"),
            s => s.Store, (s, v) => s with { Store = v },
            "The store that holds it.", required: true)
        .Key("cookie", Kind.Map(SessionCookie),
            s => s.Cookie, (s, v) => s with { Cookie = v },
            "The cookie that carries its id.", required: true)
        .Key("header", HeaderMaps.Name,
            s => s.Header, (s, v) => s with { Header = v },
            "The header in which servers get it and give it back.")
        .Key("ttl", Durations.Seconds(1, SectionLimits.LongestSeconds),
            s => s.TtlSeconds, (s, v) => s with { TtlSeconds = v },
            "How long it lives after its last use.")
        .Key("lifetime", Kind.OrWord("none", Durations.Seconds(1, SectionLimits.LongestSeconds)),
            s => s.LifetimeSeconds, (s, v) => s with { LifetimeSeconds = v },
            "How long it lives at all, however often it is used; `none`: as long as it is used.")
        .Key("max_size", ByteSizes.Small(1, 128 << 10),
            s => s.MaxSizeBytes, (s, v) => s with { MaxSizeBytes = v },
            "The most bytes of it.")
        .Key("on_store_failure", Choices.Of(("fail", StoreFailureAction.Fail), ("empty", StoreFailureAction.Empty)),
            s => s.OnStoreFailure, (s, v) => s with { OnStoreFailure = v },
            "When the store fails: `fail` answers 503, `empty` goes on with an empty session.");

    private static Section<CookieConfig> Attributes(Section<CookieConfig> cookie) => cookie
        .Key("http_only", Numbers.Bool, s => s.HttpOnly, (s, v) => s with { HttpOnly = v }, "Whether scripts cannot read it.")
        .Key("same_site",
            Choices.Of(("lax", CookieSameSite.Lax), ("strict", CookieSameSite.Strict), ("none", CookieSameSite.None)),
            s => s.SameSite, (s, v) => s with { SameSite = v },
            "Whether other sites' requests carry it.")
        .Key("secure", Choices.Of(("auto", CookieSecure.Auto), ("true", CookieSecure.Always), ("false", CookieSecure.Never)),
            s => s.Secure, (s, v) => s with { Secure = v },
            "Whether it goes over TLS only; `auto`: as the client's request came.");
}
