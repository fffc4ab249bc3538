using Atlas.Control.Configuration;
using Atlas.Core.Configuration;

namespace Atlas.Running;

/// <summary>Configurations that this version can run.</summary>
internal static class RunnableConfig
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="errors">Told what is wrong, all at once; also what the file asks for and this version does not run, or this process may not do.</param>
    /// <returns>The configuration, or null with errors.</returns>
    internal static AtlasConfig? Load(string path, TextWriter errors)
    {
        ConfigResult result = ConfigLoader.Load(path);
        IReadOnlyList<ConfigError> found = result.Config is null
            ? result.Errors
            : [.. UnsupportedFeatures.Find(result.Config), .. MissingRights.Find(result.Config)];
        foreach (ConfigError error in found)
        {
            errors.WriteLine(error);
        }

        return found.Count == 0 ? result.Config : null;
    }
}
