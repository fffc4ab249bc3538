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
    public virtual string Reference => Allowed;

    /// <inheritdoc/>
    public virtual IReadOnlyList<(string Text, bool IsAllowed)> Edges => [];

    /// <inheritdoc/>
    public virtual int? MaxCount => null;

    /// <inheritdoc/>
    public virtual IEnumerable<ISection> Sections => [];

    /// <inheritdoc/>
    public bool Accepts(YamlNode node, ConfigErrors errors) => TryRead(node, new Reading("'value'", errors), out _) && errors.Count == 0;

    /// <summary>Reads a value. Where it cannot, it adds at least one error and returns false.</summary>
    public abstract bool TryRead(YamlNode node, Reading reading, out T value);

    /// <summary>The value as a configuration would have it, for the reference page and for messages.</summary>
    public abstract string Format(T value);

    /// <inheritdoc/>
    public abstract void WriteSchema(Utf8JsonWriter writer);
}
