using Atlas.Control.Configuration;
using Atlas.Core.Configuration;

namespace Atlas.Running;

/// <summary>Configurations that this version can run.</summary>
internal static class RunnableConfig
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="errors">Told what is wrong, a line each; also what the file asks for and this version does not run, or this
    /// process may not do; and, of one that can be run, that its secret is not one.</param>
    /// <returns>The configuration, or null with errors.</returns>
    internal static AtlasConfig? Load(string path, Action<string> errors)
    {
        ConfigResult result = ConfigLoader.Load(path);
        IReadOnlyList<ConfigError> found = result.Config is null
            ? result.Errors
            : [.. UnsupportedFeatures.Find(result.Config), .. MissingRights.Find(result.Config)];
        foreach (ConfigError error in found)
        {
            errors(error.ToString());
        }

        if (found.Count > 0 || result.Config is not { } config)
        {
            return null;
        }

        foreach (ConfigError warning in Secrets.FindOpen(config))
        {
            errors($"warning: {warning}");
        }

        return config;
    }
}
