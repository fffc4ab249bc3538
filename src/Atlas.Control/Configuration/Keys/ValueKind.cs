using System.Text.Json;
using Atlas.Control.Configuration.Yaml;

namespace Atlas.Control.Configuration.Keys;

/// <summary>What may be written for a key, and how it is read. Immutable.</summary>
/// <typeparam name="T">What it is read into.</typeparam>
internal abstract class ValueKind<T> : IValueKind
{
    /// <inheritdoc/>
    public abstract string Allowed { get; }

    /// <inheritdoc/>
    public virtual IEnumerable<ISection> Sections => [];

    /// <summary>Reads a value. Where it cannot, it adds at least one error and returns false.</summary>
    public abstract bool TryRead(YamlNode node, Reading reading, out T value);

    /// <summary>The value as a configuration would have it, for the reference page and for messages.</summary>
    public abstract string Format(T value);

    /// <inheritdoc/>
    public abstract void WriteSchema(Utf8JsonWriter writer);
}
