namespace Atlas.Control.Configuration;

/// <summary>Paths that a configuration names. Relative ones count from the directory of its file, so that it means the same
/// wherever the process is started.</summary>
public static class ConfigPaths
{
    /// <summary>The absolute path.</summary>
    /// <param name="path">As it is written.</param>
    /// <param name="file">The configuration file; empty where there is none: the working directory counts.</param>
    public static string Resolve(string path, string file) =>
        Path.GetFullPath(path, Path.GetDirectoryName(Path.GetFullPath(file.Length == 0 ? "." : file))!);
}
