using Atlas.Control.Configuration.Keys;
using Atlas.Control.Configuration.Kinds;
using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration.Sections;

/// <summary>The keys of routes.</summary>
internal static class RouteSections
{
    /// <summary><c>match</c>.</summary>
    public static Section<MatchConfig> Match { get; } = new Section<MatchConfig>(
        "match", "listeners.NAME.routes[].match", "a 'match'",
        "What must be true of a request: every key that is written must match.")
        .Key("host", Kind.OneOrMore(Patterns.Host, SectionLimits.Patterns),
            s => s.Hosts, (s, v) => s with { Hosts = v },
            "One of these hosts, without a port: exact, or `*.example.com` for every host below.", otherwise: "every host")
        .Key("path", Kind.OneOrMore(Patterns.Path, SectionLimits.Patterns),
            s => s.Paths, (s, v) => s with { Paths = v },
            "One of these paths, without the query: `/exact`, `/prefix/*` for what is below `/prefix/` but not `/prefix` itself, or `~ regex`, which "
                + "matches anywhere in the path. Compared after percent-encoded bytes were decoded, dots resolved and slashes merged, with their case.",
            otherwise: "every path")
        .Key("methods", Kind.OneOrMore(Patterns.Method, SectionLimits.Patterns),
            s => s.Methods, (s, v) => s with { Methods = v },
            "One of these methods.", otherwise: "every method")
        .Key("headers", HeaderMaps.HeaderMatches,
            s => s.Headers, (s, v) => s with { Headers = v },
            "All of these headers: `value`, `prefix*`, `*` (present), `!` (absent) or `~ regex`. "
                + "Of a header that is repeated one value must match. A request with more than 16 of it is refused with 400 (`BR`).")
        .Key("cookies", HeaderMaps.CookieMatches,
            s => s.Cookies, (s, v) => s with { Cookies = v },
            "All of these cookies, with the same patterns. A request with more than 256 cookies, or 16 of one of these, is refused with 400 (`BR`).")
        .Key("query", HeaderMaps.QueryMatches,
            s => s.Query, (s, v) => s with { Query = v },
            "All of these query parameters, with the same patterns, decoded as HTML forms encode them: `+` is a space. "
                + "A request with more than 256 parameters, or 16 of one of these, is refused with 400 (`BR`).")
        .Key("client", Kind.OneOrMore(Addresses.Network, SectionLimits.Patterns),
            s => s.Clients, (s, v) => s with { Clients = v },
            "One of these networks has the client's address, after `trusted_proxies`.", otherwise: "every client");

    /// <summary>An element of <c>split</c>.</summary>
    public static Section<SplitConfig> Split { get; } = new Section<SplitConfig>(
        "split", "listeners.NAME.routes[].split[]", "a part of a 'split'", "One pool's part of the requests.")
        .Key("pool", Kind.NameOf("pool"), s => s.Pool, (s, v) => s with { Pool = v }, "The pool.", required: true)
        .Key("weight", Numbers.Integer(0, 65_535),
            s => s.Weight, (s, v) => s with { Weight = v },
            "Its share is this against the sum of all.");

    /// <summary><c>mirror</c>.</summary>
    public static Section<MirrorConfig> Mirror { get; } = new Section<MirrorConfig>(
        "mirror", "listeners.NAME.routes[].mirror", "a 'mirror'",
        "Copies requests to another pool, whose responses are thrown away.")
        .Key("pool", Kind.NameOf("pool"), s => s.Pool, (s, v) => s with { Pool = v }, "The pool.", required: true)
        .Key("share", Numbers.Share(), s => s.Share, (s, v) => s with { Share = v }, "The share of the requests that is copied.");

    /// <summary><c>redirect</c>.</summary>
    public static Section<RedirectConfig> Redirect { get; } = new Section<RedirectConfig>(
        "redirect", "listeners.NAME.routes[].redirect", "a 'redirect'", "Answers with a redirect.")
        .Key("to", Urls.Location,
            s => s.To, (s, v) => s with { To = v },
            "The `Location`. `{rest}` is what a path prefix left over; `{scheme}`, `{host}` and `{path}` are the request's "
                + "own; `{query}` is its query with the question mark, or nothing.",
            required: true)
        .Key("status", Choices.Of(("301", 301), ("302", 302), ("303", 303), ("307", 307), ("308", 308)),
            s => s.Status, (s, v) => s with { Status = v },
            "The status.");

    /// <summary><c>respond</c>.</summary>
    public static Section<RespondConfig> Respond { get; } = new Section<RespondConfig>(
        "respond", "listeners.NAME.routes[].respond", "a 'respond'", "Answers with a fixed response.")
        .Key("status", Numbers.Integer(200, 599), s => s.Status, (s, v) => s with { Status = v }, "The status.")
        .Key("body", Texts.Any(64 * 1024), s => s.Body, (s, v) => s with { Body = v }, "The body, sent as UTF-8.")
        .Key("headers", HeaderMaps.Settings, s => s.Headers, (s, v) => s with { Headers = v }, "Headers of the response.");

    /// <summary><c>rewrite</c>.</summary>
    public static Section<RewriteConfig> Rewrite { get; } = new Section<RewriteConfig>(
        "rewrite", "listeners.NAME.routes[].rewrite", "a 'rewrite'",
        "Changes what the server is asked for: first a prefix is taken away, then another is put before.")
        .Key("strip_prefix", Urls.Prefix,
            s => s.StripPrefix, (s, v) => s with { StripPrefix = v },
            "Taken from the front of the path where it stands there.")
        .Key("add_prefix", Urls.Prefix, s => s.AddPrefix, (s, v) => s with { AddPrefix = v }, "Put before the path.")
        .Key("host", Addresses.Authority,
            s => s.Host, (s, v) => s with { Host = v },
            "The `Host` that the server sees; empty: the client's.");

    /// <summary><c>request_headers</c> and <c>response_headers</c>.</summary>
    public static Section<HeaderRulesConfig> HeaderRules { get; } = new Section<HeaderRulesConfig>(
        "header_rules", "listeners.NAME.routes[].request_headers, response_headers", "a map of header changes",
        "Changes to headers: first those to remove, then those to set, then those to add.")
        .Key("set", HeaderMaps.Settings, s => s.Set, (s, v) => s with { Set = v }, "Headers that replace those of the same name.")
        .Key("add", HeaderMaps.Settings,
            s => s.Add, (s, v) => s with { Add = v },
            "Headers that come beside those of the same name.")
        .Key("remove", Kind.AnyNumber(HeaderMaps.Name, HeaderMaps.Max),
            s => s.Remove, (s, v) => s with { Remove = v },
            "Names of headers that are taken away.");

    /// <summary><c>timeouts</c>.</summary>
    public static Section<RouteTimeoutsConfig> Timeouts { get; } = new Section<RouteTimeoutsConfig>(
        "route_timeouts", "listeners.NAME.routes[].timeouts", "a route's 'timeouts'", "How long a route's exchanges may take.")
        .Key("request", Kind.OrWord("none", Durations.Milliseconds(1, SectionLimits.LongestMs)),
            s => s.RequestMs, (s, v) => s with { RequestMs = v },
            "The whole exchange with all tries, from the end of the request's head; longer is 504, or 408 where the client held it up.");

    /// <summary>A route's <c>retry</c>: the budget is the pool's.</summary>
    public static Section<RetryConfig> Retry { get; } = new Section<RetryConfig>(
        "route_retry", "listeners.NAME.routes[].retry", "a route's 'retry'",
        "When a request is tried again on another server, instead of the pool's `retry`. The budget is always the pool's.")
        .Key("attempts", Numbers.Integer(0, 10), s => s.Attempts, (s, v) => s with { Attempts = v }, "Tries after the first.")
        .Key("on", Kind.AnyNumber(RetryCondition.Kind, 16),
            RetryCondition.Of, RetryCondition.Set,
            "What a request is tried again after: `connect_failure`, `reset` (the connection broke before the first byte of "
                + "a response), or a status from 500 to 599.");

    /// <summary><c>rate_limit</c>.</summary>
    public static Section<RateLimitConfig> RateLimit { get; } = new Section<RateLimitConfig>(
        "rate_limit", "listeners.NAME.routes[].rate_limit", "a 'rate_limit'",
        "A token bucket for each key; an empty bucket is 429.")
        .Key("rate", Numbers.Rate(10_000_000),
            s => s.Rate, (s, v) => s with { Rate = v },
            "How fast the bucket fills.", required: true)
        .Key("burst", Numbers.Integer(1, 10_000_000),
            s => s.Burst, (s, v) => s with { Burst = v },
            "How many requests it holds.", otherwise: "the number in `rate`")
        .Key("key", PartsOfRequest.LimitKey,
            s => s.Key, (s, v) => s with { Key = v },
            "What has a bucket of its own: `client_ip` (IPv6: the /64 network), `host`, `path`, `uri`, `header:NAME`, `cookie:NAME` or `query:NAME`. "
                + "Requests without it share one. `route`: all requests share one.")
        .Key("store", Kind.OrWord("local", Kind.NameOf("store")),
            s => s.Store, (s, v) => s with { Store = v },
            "The store that holds the buckets for all nodes; `local`, or one of type memory: each node has its own.")
        .Key("on_store_failure",
            Choices.Of(("local", RateLimitFallback.Local), ("open", RateLimitFallback.Open), ("closed", RateLimitFallback.Closed)),
            s => s.OnStoreFailure, (s, v) => s with { OnStoreFailure = v },
            "While the store does not answer: `local` limits on each node by itself, `open` lets all pass, `closed` answers 503.")
        .Finish((s, _) => s.Source.IsWritten("burst") ? s : s with { Burst = s.Rate.Count });

    /// <summary>A route.</summary>
    public static Section<RouteConfig> Route { get; } = new Section<RouteConfig>(
        "route", "listeners.NAME.routes[]", "a route",
        "What happens with requests that match. Each route has exactly one of `pool`, `split`, `redirect` and `respond`.")
        .Key("name", Texts.Name,
            s => s.Name, (s, v) => s with { Name = v },
            "Its name in logs and metrics, unique in the listener.", otherwise: "`route-N`, counted from 1")
        .Key("match", Kind.Map(Match),
            s => s.Match, (s, v) => s with { Match = v },
            "What must be true of a request.", otherwise: "every request")
        .Key("pool", Kind.Optional(Kind.NameOf("pool")), s => s.Pool, (s, v) => s with { Pool = v }, "The pool that serves.")
        .Key("split", Kind.ListOf(Kind.Map(Split), 1, SectionLimits.Splits),
            s => s.Split, (s, v) => s with { Split = v },
            "Several pools that serve, by weight.")
        .Key("redirect", Kind.OptionalMap(Redirect),
            s => s.Redirect, (s, v) => s with { Redirect = v },
            "Answers with a redirect.")
        .Key("respond", Kind.OptionalMap(Respond),
            s => s.Respond, (s, v) => s with { Respond = v },
            "Answers with a fixed response.")
        .Key("mirror", Kind.OptionalMap(Mirror),
            s => s.Mirror, (s, v) => s with { Mirror = v },
            "Copies requests to another pool.")
        .Key("rewrite", Kind.OptionalMap(Rewrite),
            s => s.Rewrite, (s, v) => s with { Rewrite = v },
            "Changes what the server is asked for.")
        .Key("request_headers", Kind.Map(HeaderRules),
            s => s.RequestHeaders, (s, v) => s with { RequestHeaders = v },
            "Changes to the request's headers.")
        .Key("response_headers", Kind.Map(HeaderRules),
            s => s.ResponseHeaders, (s, v) => s with { ResponseHeaders = v },
            "Changes to the response's headers.")
        .Key("timeouts", Kind.Map(Timeouts),
            s => s.Timeouts, (s, v) => s with { Timeouts = v },
            "How long the exchange may take.")
        .Key("retry", Kind.OptionalMap(Retry, "the pool's"),
            s => s.Retry, (s, v) => s with { Retry = v },
            "When to try again on another server.")
        .Key("rate_limit", Kind.OptionalMap(RateLimit),
            s => s.RateLimit, (s, v) => s with { RateLimit = v },
            "How many requests may pass.");
}
