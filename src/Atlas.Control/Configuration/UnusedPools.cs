using Atlas.Control.Configuration.Validation;
using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration;

/// <summary>Pools that no request can reach. They are allowed, and checked like any other.</summary>
public static class UnusedPools
{
    /// <summary>A warning with its place for each, in the file's order. O(pools + routes).</summary>
    /// <param name="config">A configuration without errors.</param>
    public static IReadOnlyList<ConfigError> Find(AtlasConfig config)
    {
        HashSet<string> named = [.. config.Listeners.SelectMany(PoolNames.Of)];
        var warnings = new ConfigErrors(config.FileName);
        foreach (PoolConfig pool in config.Pools.Where(pool => !named.Contains(pool.Name)))
        {
            warnings.Add(pool.Source.Position, $"pool '{pool.Name}' is not used: no listener, route, split or mirror names it");
        }

        return warnings.InOrder(ConfigLoader.MaxErrors);
    }
}
