using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration;

/// <summary>
/// What a configuration may say but this version does not run. A key that is written with the value that asks for nothing
/// (<c>mode: user</c>, <c>max_connections: none</c>) is no such thing, nor is a default that nobody wrote.
/// </summary>
public static class UnsupportedFeatures
{
    private static readonly string[] OtherSections = ["sessions", "high_availability", "telemetry"];

    /// <summary>The places of all such keys, in the file's order; empty: the configuration can be run.</summary>
    /// <param name="config">A configuration without errors.</param>
    public static IReadOnlyList<ConfigError> Find(AtlasConfig config)
    {
        var errors = new ConfigErrors(config.FileName);
        Refuse(errors, config, OtherSections);
        foreach (var pool in config.Pools)
        {
            FindIn(pool, errors);
        }

        return errors.InOrder(ConfigLoader.MaxErrors);
    }

    private static void FindIn(PoolConfig pool, ConfigErrors errors)
    {
        Refuse(errors, pool, ["session"]);
        RefuseIf(pool.Sticky is { Store: not null }, errors, pool.Sticky!, "store");
    }

    private static void Refuse(ConfigErrors errors, ConfigSection section, ReadOnlySpan<string> keys)
    {
        foreach (string key in keys)
        {
            RefuseIf(true, errors, section, key);
        }
    }

    private static void RefuseIf(bool isUsed, ConfigErrors errors, ConfigSection section, string key, string? what = null)
    {
        if (isUsed && section.Source.IsWritten(key))
        {
            Add(errors, section.Source.PositionOf(key), what ?? $"'{key}'");
        }
    }

    private static void Add(ConfigErrors errors, SourcePosition position, string what) =>
        errors.Add(position, $"{what} is valid, but this version does not run it yet");
}
