using System.Diagnostics;
using Atlas.Core.Configuration;
using Atlas.Proxy.RateLimiting;
using Atlas.Proxy.Stores;

namespace Atlas.Proxy.Snapshots;

/// <summary>Makes the rate limits of routes. One of the same listener, route and key as before keeps its clients.</summary>
/// <param name="previous">What serves until now.</param>
/// <param name="stores">The stores that limits may name.</param>
internal sealed class LimitBuilder(ProxySnapshot previous, IReadOnlyList<StoreState> stores)
{
    private readonly Dictionary<(string Listener, string Route), RouteLimit> _known = previous.Listeners.OfType<HttpListenerSnapshot>()
        .SelectMany(listener => listener.Routes.Routes, (listener, route) => (Key: (listener.Name, route.Name), route.Limit))
        .Where(route => route.Limit is not null)
        .ToDictionary(route => route.Key, route => route.Limit!);

    /// <summary>Makes the limit of a route. O(clients that are kept) where a limit with clients changes.</summary>
    internal RouteLimit Build(string listener, string route, RateLimitConfig config)
    {
        StoreState? store = config.Store is null ? null : stores.First(known => known.Name == config.Store);
        return new RouteLimit(config, _known.GetValueOrDefault((listener, route)), NowUs(), $"{listener}/{route}", store);
    }

    // As the workers' loops read it.
    private static long NowUs() => Stopwatch.GetElapsedTime(0).Ticks / TimeSpan.TicksPerMicrosecond;
}
