using System.Diagnostics;
using Atlas.Core.Configuration;
using Atlas.Proxy.RateLimiting;

namespace Atlas.Proxy.Snapshots;

/// <summary>Makes the rate limits of routes. One of the same listener, route and key as before keeps its clients.</summary>
/// <param name="previous">What serves until now.</param>
internal sealed class LimitBuilder(ProxySnapshot previous)
{
    private readonly Dictionary<(string Listener, string Route), RouteLimit> _known = previous.Listeners.OfType<HttpListenerSnapshot>()
        .SelectMany(listener => listener.Routes.Routes, (listener, route) => (Key: (listener.Name, route.Name), route.Limit))
        .Where(route => route.Limit is not null)
        .ToDictionary(route => route.Key, route => route.Limit!);

    /// <summary>Makes the limit of a route. O(clients that are kept) where a limit with clients changes.</summary>
    internal RouteLimit Build(string listener, string route, RateLimitConfig config) =>
        new(config, _known.GetValueOrDefault((listener, route)), NowUs());

    // As the workers' loops read it.
    private static long NowUs() => Stopwatch.GetElapsedTime(0).Ticks / TimeSpan.TicksPerMicrosecond;
}
