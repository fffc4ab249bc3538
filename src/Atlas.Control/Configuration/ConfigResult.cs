using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration;

/// <summary>What reading a configuration gave: either a configuration, or at least one error.</summary>
public sealed class ConfigResult
{
    internal ConfigResult(AtlasConfig? config, IReadOnlyList<ConfigError> errors, bool mayNameFiles = false)
    {
        MayNameFiles = mayNameFiles;
        Config = errors.Count == 0 ? config : null;
        Errors = errors;
    }

    /// <summary>The configuration; null where there are errors.</summary>
    public AtlasConfig? Config { get; }

    /// <summary>Whether it seems to name certificates or keys, which can be looked at once there are no errors.</summary>
    public bool MayNameFiles { get; }

    /// <summary>All errors in the order of their places, at most <see cref="ConfigLoader.MaxErrors"/>.</summary>
    public IReadOnlyList<ConfigError> Errors { get; }
}
