using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration.Yaml;

/// <summary>Keys with values. Keys are unique.</summary>
/// <param name="position">Where it begins.</param>
/// <param name="entries">Its keys and values in the file's order.</param>
internal sealed class YamlMap(SourcePosition position, IReadOnlyList<YamlEntry> entries) : YamlNode(position)
{
    /// <summary>Its keys and values in the file's order.</summary>
    public IReadOnlyList<YamlEntry> Entries { get; } = entries;

    /// <inheritdoc/>
    public override int Size { get; } = 1 + entries.Sum(entry => entry.Value.Size);

    /// <inheritdoc/>
    public override int Height { get; } = 1 + entries.Select(entry => entry.Value.Height).DefaultIfEmpty().Max();

    /// <inheritdoc/>
    public override string Description => "a map";
}
