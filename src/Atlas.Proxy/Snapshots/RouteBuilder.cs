using Atlas.Core.Configuration;
using Atlas.Proxy.Answers;
using Atlas.Proxy.Forwarding;
using Atlas.Proxy.Metrics;
using Atlas.Proxy.Retries;

namespace Atlas.Proxy.Snapshots;

/// <summary>Makes the snapshots of a listener's routes.</summary>
/// <param name="listener">The listener.</param>
/// <param name="pools">All pools by name.</param>
/// <param name="config">The configuration that has the pools.</param>
/// <param name="limits">Makes rate limits.</param>
/// <param name="metrics">What counts; null: nothing does.</param>
internal sealed class RouteBuilder(
    ListenerConfig listener, IReadOnlyDictionary<string, PoolSnapshot> pools, AtlasConfig config, LimitBuilder limits, ProxyMetrics? metrics)
{
    private const string HstsName = "Strict-Transport-Security";

    // The route of a listener that names its pool itself has no name: nobody wrote it.
    private readonly bool _isNamed = listener.Pool is null;

    /// <summary>Makes a route.</summary>
    /// <exception cref="ArgumentException">The route does nothing, or names a pool that is not there.</exception>
    internal RouteSnapshot Build(RouteConfig route)
    {
        if (route is { Pool: null, Split.Count: 0, Redirect: null, Respond: null })
        {
            throw new ArgumentException($"route {route.Name} of listener {listener.Name} does nothing", nameof(route));
        }

        return new RouteSnapshot(_isNamed ? route.Name : "")
        {
            Match = route.Match,
            Pool = route.Pool is null ? null : PoolOf(route.Pool),
            Split = route.Split.Count == 0 ? null : SplitOf(route),
            Answer = AnswerOf(route),
            Mirror = route.Mirror is null ? null : new MirrorSnapshot(PoolOf(route.Mirror.Pool), route.Mirror.Share),
            Request = ChangesOf(route),
            ResponseHeaders = RulesOf(WithHsts(route.ResponseHeaders)),
            RequestMs = route.Timeouts.RequestMs ?? int.MaxValue,
            Retry = route.Retry is null ? null : RetryPolicy.Of(route.Retry),
            Limit = route.RateLimit is null ? null : limits.Build(listener.Name, route.Name, route.RateLimit),
            Metrics = _isNamed ? metrics?.Route(listener.Name, route.Name) : null,
        };
    }

    /// <summary>How a route changes paths; null: not at all.</summary>
    internal static PathRewrite? RewriteOf(ListenerConfig listener, RouteConfig route)
    {
        RewriteConfig rewrite = route.Rewrite ?? new RewriteConfig();
        return rewrite.StripPrefix.Length > 0 || rewrite.AddPrefix.Length > 0 || listener.ForwardsNormalizedPath
            ? new PathRewrite(rewrite.StripPrefix, rewrite.AddPrefix, listener.ForwardsNormalizedPath)
            : null;
    }

    private static RouteAnswer? AnswerOf(RouteConfig route) => route switch
    {
        { Redirect: { } redirect } => new RedirectAnswer(redirect),
        { Respond: { } respond } => new FixedAnswer(respond),
        _ => null,
    };

    private static HeaderRules RulesOf(HeaderRulesConfig config) => config.IsEmpty ? HeaderRules.None : new HeaderRules(config);

    // What a route sets itself stands.
    private HeaderRulesConfig WithHsts(HeaderRulesConfig rules)
    {
        bool isSet = rules.Set.Any(field => field.Name.Equals(HstsName, StringComparison.OrdinalIgnoreCase));
        return listener is not { Hsts: { } hsts, Tls: not null } || isSet
            ? rules
            : rules with { Set = [.. rules.Set, new HeaderSetting(HstsName, hsts.HeaderValue)] };
    }

    private RequestChanges ChangesOf(RouteConfig route) => new()
    {
        Headers = RulesOf(route.RequestHeaders),
        Path = RewriteOf(listener, route),
        Host = route.Rewrite?.Host ?? "",
    };

    private SplitSnapshot SplitOf(RouteConfig route) => new(
        [.. route.Split.Select(part => (PoolOf(part.Pool), part.Weight))],
        route.Split.Any(part => config.FindPool(part.Pool)?.Sticky is not null));

    private PoolSnapshot PoolOf(string name) => pools.TryGetValue(name, out PoolSnapshot? pool)
        ? pool
        : throw new ArgumentException($"listener {listener.Name} names pool {name}, which is not there", nameof(name));
}
