using System.Text.Json;
using Atlas.Control.Configuration.Keys;
using Atlas.Control.Configuration.Yaml;
using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration.Kinds;

/// <summary>A map with keys of its own.</summary>
/// <typeparam name="T">The section's record.</typeparam>
/// <param name="section">The table of its keys.</param>
/// <param name="shortForm">What else may be written for it, as one scalar; null: nothing.</param>
internal sealed class SectionKind<T>(Section<T> section, ValueKind<T>? shortForm = null) : ValueKind<T>
    where T : ConfigSection, new()
{
    /// <inheritdoc/>
    public override string Allowed => shortForm is null
        ? $"a map with {string.Join(", ", section.Keys.Select(key => key.Name))}"
        : $"{shortForm.Allowed}, or a map with {string.Join(", ", section.Keys.Select(key => key.Name))}";

    /// <inheritdoc/>
    public override string Reference =>
        (shortForm is null ? "" : shortForm.Reference + ", or ") + $"a map: [{section.Path}](#{ConfigReference.Anchor(section)})";

    /// <inheritdoc/>
    public override IEnumerable<ISection> Sections => [section];

    /// <inheritdoc/>
    public override bool TryRead(YamlNode node, Reading reading, out T value)
    {
        if (shortForm is null || node is YamlMap)
        {
            return section.TryRead(node, reading, out value);
        }

        if (node is not YamlScalar { IsNull: false } || !shortForm.TryRead(node, reading, out value))
        {
            value = new T();
            return node is YamlScalar { IsNull: false } ? false : reading.Refuse(node, Allowed);
        }

        return true;
    }

    /// <inheritdoc/>
    public override string Format(T value) => "its defaults";

    /// <inheritdoc/>
    public override void WriteSchema(Utf8JsonWriter writer)
    {
        if (shortForm is null)
        {
            WriteReference(writer);
            return;
        }

        writer.WriteStartArray("anyOf");
        writer.WriteStartObject();
        shortForm.WriteSchema(writer);
        writer.WriteEndObject();
        writer.WriteStartObject();
        WriteReference(writer);
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private void WriteReference(Utf8JsonWriter writer) => writer.WriteString("$ref", $"#/$defs/{section.Name}");
}
