using System.Text.Json;
using Atlas.Control.Configuration.Keys;
using Atlas.Control.Configuration.Yaml;
using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration.Kinds;

/// <summary>A map from names that the writer chooses to sections.</summary>
/// <typeparam name="T">The section's record.</typeparam>
/// <param name="section">The table of each section's keys.</param>
/// <param name="name">Which names are allowed.</param>
/// <param name="max">The most sections.</param>
/// <param name="setName">Puts the name into the record.</param>
/// <param name="shortForm">What else may be written for a section, as one scalar; null: nothing.</param>
internal sealed class NamedSectionsKind<T>(
    Section<T> section, ScalarKind<string> name, int max, Func<T, string, T> setName, ValueKind<T>? shortForm = null) : ValueKind<ValueList<T>>
    where T : ConfigSection, new()
{
    private readonly SectionKind<T> _value = new(section, shortForm);

    /// <inheritdoc/>
    public override string Allowed => $"a map of at most {max} names, each with {(shortForm is null ? section.Noun : _value.Allowed)}";

    /// <inheritdoc/>
    public override string Reference => $"a map of at most {max} names, each with {_value.Reference}";

    /// <inheritdoc/>
    public override int? MaxCount => max;

    /// <inheritdoc/>
    public override IEnumerable<ISection> Sections => [section];

    /// <inheritdoc/>
    public override bool TryRead(YamlNode node, Reading reading, out ValueList<T> value)
    {
        value = [];
        if (node is not YamlMap map)
        {
            return reading.Refuse(node, Allowed);
        }

        if (map.Entries.Count > max)
        {
            return reading.Add(map.Entries[max].Position, $"{reading.What} has {map.Entries.Count} names, but at most {max} are allowed");
        }

        var values = new List<T>(map.Entries.Count);
        foreach (var entry in map.Entries)
        {
            var key = new YamlScalar(entry.Position, entry.Key, isPlain: false);
            name.TryRead(key, reading with { What = $"a name in {reading.What}" }, out _);
            if (_value.TryRead(entry.Value, reading.Of(entry.Key), out var read))
            {
                values.Add(setName(read, entry.Key));
            }
        }

        value = [.. values];
        return true;
    }

    /// <inheritdoc/>
    public override string Format(ValueList<T> value) =>
        value.Count == 0 ? "{}" : "as written";

    /// <inheritdoc/>
    public override void WriteSchema(Utf8JsonWriter writer)
    {
        writer.WriteString("type", "object");
        writer.WriteNumber("maxProperties", max);
        writer.WriteStartObject("propertyNames");
        name.WriteSchema(writer);
        writer.WriteEndObject();
        writer.WriteStartObject("additionalProperties");
        _value.WriteSchema(writer);
        writer.WriteEndObject();
    }
}
