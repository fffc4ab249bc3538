using System.Diagnostics;
using System.Numerics;
using Atlas.Core.Configuration;
using Atlas.Core.RateLimiting;
using Atlas.Proxy.RateLimiting;
using Atlas.Proxy.Stores;

namespace Atlas.Proxy.Snapshots;

/// <summary>Makes the rate limits of routes. One of the same listener, route and key as before keeps its clients.</summary>
/// <param name="config">The configuration.</param>
/// <param name="previous">What serves until now.</param>
/// <param name="stores">The stores that limits may name.</param>
internal sealed class LimitBuilder(AtlasConfig config, ProxySnapshot previous, IReadOnlyList<StoreState> stores)
{
    // Bytes of all tables of limits, unless there are so many limits that each has the least.
    private const long TablesBytes = 64L << 20;
    private const int LeastEntries = 1_024;

    // Tables are made for the limits that there are; those that reloads keep stay as large as they are.
    private readonly int _entries = EntriesFor(
        config.Listeners.Sum(listener => listener.Routes.Count(route => route.RateLimit is { Key.Kind: not RequestKeyKind.Route })));

    private readonly Dictionary<(string Listener, string Route), RouteLimit> _known = previous.Listeners.OfType<HttpListenerSnapshot>()
        .SelectMany(listener => listener.Routes.Routes, (listener, route) => (Key: (listener.Name, route.Name), route.Limit))
        .Where(route => route.Limit is not null)
        .ToDictionary(route => route.Key, route => route.Limit!);

    /// <summary>Makes the limit of a route. O(clients that are kept) where a limit with clients changes.</summary>
    internal RouteLimit Build(string listener, string route, RateLimitConfig limit)
    {
        StoreState? store = limit.Store is null ? null : stores.First(known => known.Name == limit.Store);
        int entries = limit.Key.Kind == RequestKeyKind.Route ? RateLimitTable.Ways : _entries;
        return new RouteLimit(limit, _known.GetValueOrDefault((listener, route)), NowUs(), $"{listener}/{route}", store, entries);
    }

    /// <summary>How many clients each of so many limits holds.</summary>
    internal static int EntriesFor(int limits)
    {
        long share = TablesBytes / RateLimitTable.EntryBytes / Math.Max(limits, 1);
        long entries = (long)BitOperations.RoundUpToPowerOf2((ulong)share + 1) / 2;
        return (int)Math.Clamp(entries, LeastEntries, RateLimitTable.DefaultEntries);
    }

    // As the workers' loops read it.
    private static long NowUs() => Stopwatch.GetElapsedTime(0).Ticks / TimeSpan.TicksPerMicrosecond;
}
