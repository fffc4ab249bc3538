using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration.Yaml;

/// <summary>A value in a YAML document. Aliases share nodes, so that a document is a graph without cycles.</summary>
/// <param name="position">Where it begins.</param>
internal abstract class YamlNode(SourcePosition position)
{
    /// <summary>Where it begins; for an alias where its anchor stands.</summary>
    public SourcePosition Position { get; } = position;

    /// <summary>The nodes in it, itself included, as often as they are reached.</summary>
    public abstract int Size { get; }

    /// <summary>The levels in it, itself included.</summary>
    public abstract int Height { get; }

    /// <summary>What it is, as messages call it: with its article.</summary>
    public abstract string Description { get; }
}
