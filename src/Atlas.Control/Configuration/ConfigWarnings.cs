using Atlas.Control.Configuration.Validation;
using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration;

/// <summary>What may be in a configuration, and yet is hardly meant.</summary>
public static class ConfigWarnings
{
    /// <summary>All warnings, each with its place.</summary>
    /// <param name="config">A configuration without errors.</param>
    public static IReadOnlyList<ConfigError> Find(AtlasConfig config) =>
    [
        .. UnusedPools.Find(config),
        .. UnusedStates.Find(config),
        .. UnfitStores.Find(config),
        .. IdleKeys.Find(config),
        .. SlowRoutes.Find(config),
        .. LargeHeads.Find(config),
    ];
}
