using System.Globalization;
using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration;

/// <summary>Stores that hardly do what they are named for. They are allowed.</summary>
internal static class UnfitStores
{
    // Several turns of other processes on a busy core: Linux gives each some milliseconds.
    private const int BusyMs = 20;

    /// <summary>A warning with its place for each, limits first, then sessions. O(routes and sessions times stores).</summary>
    /// <param name="config">A configuration without errors.</param>
    internal static IReadOnlyList<ConfigError> Find(AtlasConfig config)
    {
        var warnings = new ConfigErrors(config.FileName);
        foreach (RateLimitConfig limit in config.Listeners.SelectMany(listener => listener.Routes).Select(route => route.RateLimit).OfType<RateLimitConfig>())
        {
            if (StoreOf(config, limit.Store) is { Type: StoreType.Memory })
            {
                warnings.Add(
                    limit.Source.PositionOf("store"),
                    $"store '{limit.Store}' is this process's memory, so that the limit is shared with no other node: remove 'store', or name one of "
                        + "type redis");
            }
        }

        foreach (SessionConfig session in config.Sessions.Where(session => session.OnStoreFailure == StoreFailureAction.Fail))
        {
            if (StoreOf(config, session.Store) is { Type: StoreType.Redis, TimeoutMs: < BusyMs } store)
            {
                string timeout = store.TimeoutMs.ToString(CultureInfo.InvariantCulture);
                warnings.Add(
                    store.Source.PositionOf("timeout"),
                    $"a busy machine may answer 503 to requests with session '{session.Name}', for which store '{store.Name}' has {timeout} ms"
                        + $"{(store.Source.IsWritten("timeout") ? "" : " unless told otherwise")}: write timeout: 50ms or more");
            }
        }

        return warnings.InOrder(ConfigLoader.MaxErrors);
    }

    private static StoreConfig? StoreOf(AtlasConfig config, string? name) => config.Stores.FirstOrDefault(store => store.Name == name);
}
