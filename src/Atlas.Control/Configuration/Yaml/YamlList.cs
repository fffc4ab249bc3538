using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration.Yaml;

/// <summary>A list.</summary>
/// <param name="position">Where it begins.</param>
/// <param name="items">Its elements.</param>
internal sealed class YamlList(SourcePosition position, IReadOnlyList<YamlNode> items) : YamlNode(position)
{
    /// <summary>Its elements.</summary>
    public IReadOnlyList<YamlNode> Items { get; } = items;

    /// <inheritdoc/>
    public override int Size { get; } = 1 + items.Sum(item => item.Size);

    /// <inheritdoc/>
    public override int Height { get; } = 1 + items.Select(item => item.Height).DefaultIfEmpty().Max();

    /// <inheritdoc/>
    public override string Description => "a list";
}
