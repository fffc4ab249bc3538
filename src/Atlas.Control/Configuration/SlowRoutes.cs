using Atlas.Core.Configuration;
using Atlas.Core.Routing;

namespace Atlas.Control.Configuration;

/// <summary>Listeners with many routes that nothing tells apart, so that a request is compared with one after the other. They are
/// allowed.</summary>
public static class SlowRoutes
{
    /// <summary>Routes that a request may be compared with one after the other: some 2 to 20 µs, more for long paths (measured:
    /// RouteTableBenchmarks).</summary>
    public const int MaxCompared = 100;

    /// <summary>A warning with its place for each, in the file's order. Compiles the routes.</summary>
    /// <param name="config">A configuration without errors.</param>
    public static IReadOnlyList<ConfigError> Find(AtlasConfig config)
    {
        var warnings = new ConfigErrors(config.FileName);
        foreach (ListenerConfig listener in config.Listeners.Where(listener => listener.Routes.Count > MaxCompared))
        {
            int compared = RouteTable.Compile([.. listener.Routes.Select(route => route.Match)]).MostCompared;
            if (compared > MaxCompared)
            {
                warnings.Add(
                    listener.Source.PositionOf("routes"),
                    $"a request may be compared with {compared} routes of listener '{listener.Name}' one after the other, as nothing tells them "
                        + "apart: give each a host, a path, a value, or a regular expression with text that stands in all that it matches");
            }
        }

        return warnings.InOrder(ConfigLoader.MaxErrors);
    }
}
