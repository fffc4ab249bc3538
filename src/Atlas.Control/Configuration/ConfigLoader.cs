using Atlas.Control.Configuration.Keys;
using Atlas.Control.Configuration.Sections;
using Atlas.Control.Configuration.Validation;
using Atlas.Control.Configuration.Yaml;

namespace Atlas.Control.Configuration;

/// <summary>Reads configurations. Nothing that a file contains makes it throw.</summary>
public static class ConfigLoader
{
    /// <summary>The most bytes of a file.</summary>
    public const int MaxFileBytes = 1024 * 1024;

    /// <summary>The most errors that are reported.</summary>
    public const int MaxErrors = 100;

    /// <summary>Reads and validates a file. Files that it names are not opened, and no name is resolved.</summary>
    /// <param name="path">The file; errors name it as it is given here.</param>
    public static ConfigResult Load(string path)
    {
        var errors = new ConfigErrors(path);
        string? text = ConfigFile.Read(path, errors);
        return text is null ? new ConfigResult(null, errors.InOrder(MaxErrors)) : Parse(text, path);
    }

    /// <summary>Reads and validates a document.</summary>
    /// <param name="text">The document, YAML 1.2 as far as configurations use it.</param>
    /// <param name="fileName">What errors call it.</param>
    public static ConfigResult Parse(string text, string fileName)
    {
        var errors = new ConfigErrors(fileName);

        // Of what cannot be read as a configuration, more is not known.
        bool mayNameFiles = text.Contains("tls:", StringComparison.Ordinal);
        var root = YamlReader.Read(text, errors);
        if (root is null || !RootSection.Instance.TryRead(root, new Reading("a configuration", errors), out var config))
        {
            return new ConfigResult(null, errors.InOrder(MaxErrors), mayNameFiles);
        }

        ConfigRules.Check(config, errors);
        return new ConfigResult(config with { FileName = fileName }, errors.InOrder(MaxErrors), mayNameFiles);
    }
}
