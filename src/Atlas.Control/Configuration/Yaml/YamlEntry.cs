using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration.Yaml;

/// <summary>A key and its value.</summary>
/// <param name="Key">The key's text.</param>
/// <param name="Position">Where the key stands.</param>
/// <param name="Value">The value.</param>
internal sealed record YamlEntry(string Key, SourcePosition Position, YamlNode Value);
