using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration;

/// <summary>What a configuration may say but this version does not run; a default that nobody wrote is no such thing.</summary>
public static class UnsupportedFeatures
{
    private static readonly string[] Sections = ["telemetry"];

    /// <summary>The places of all such keys, in the file's order; empty: the configuration can be run.</summary>
    /// <param name="config">A configuration without errors.</param>
    public static IReadOnlyList<ConfigError> Find(AtlasConfig config)
    {
        var errors = new ConfigErrors(config.FileName);
        foreach (string section in Sections.Where(config.Source.IsWritten))
        {
            errors.Add(config.Source.PositionOf(section), $"'{section}' is valid, but this version does not run it yet");
        }

        return errors.InOrder(ConfigLoader.MaxErrors);
    }
}
