using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration.Yaml;

/// <summary>A document that cannot be read further; never leaves <see cref="YamlReader"/>.</summary>
/// <param name="position">Where reading ended.</param>
/// <param name="message">Why, and what is allowed.</param>
internal sealed class DocumentRefusedException(SourcePosition position, string message) : Exception(message)
{
    /// <summary>Where reading ended.</summary>
    public SourcePosition Position { get; } = position;
}
