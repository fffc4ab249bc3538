using System.Text.Json;
using Atlas.Control.Configuration.Keys;
using Atlas.Control.Configuration.Yaml;
using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration.Kinds;

/// <summary>A map from names that the writer chooses to scalars.</summary>
/// <typeparam name="TKey">What a name is read into.</typeparam>
/// <typeparam name="TValue">What a value is read into.</typeparam>
/// <typeparam name="T">What a pair is kept as.</typeparam>
/// <param name="key">Which names are allowed.</param>
/// <param name="value">Which values are allowed.</param>
/// <param name="max">The most pairs.</param>
/// <param name="comparer">Which names are the same.</param>
/// <param name="make">Makes a pair.</param>
/// <param name="take">Takes a pair apart.</param>
internal sealed class PairsKind<TKey, TValue, T>(
    ScalarKind<TKey> key,
    ScalarKind<TValue> value,
    int max,
    StringComparer comparer,
    Func<TKey, TValue, SourcePosition, T> make,
    Func<T, (TKey Key, TValue Value)> take) : ValueKind<ValueList<T>>
{
    /// <inheritdoc/>
    public override string Allowed => $"a map of at most {max} pairs, each a name ({key.Allowed}) with {value.Allowed}";

    /// <inheritdoc/>
    public override int? MaxCount => max;

    /// <inheritdoc/>
    public override bool TryRead(YamlNode node, Reading reading, out ValueList<T> value1)
    {
        value1 = [];
        if (node is not YamlMap map)
        {
            return reading.Refuse(node, Allowed);
        }

        if (map.Entries.Count > max)
        {
            return reading.Add(map.Entries[max].Position, $"{reading.What} has {map.Entries.Count} pairs, but at most {max} are allowed");
        }

        var seen = new HashSet<string>(comparer);
        var values = new List<T>(map.Entries.Count);
        foreach (var entry in map.Entries)
        {
            var name = new YamlScalar(entry.Position, entry.Key, isPlain: false);
            bool isKey = key.TryRead(name, reading with { What = $"a name in {reading.What}" }, out var readKey);
            bool isValue = value.TryRead(entry.Value, reading.Of(entry.Key), out var readValue);
            if (!seen.Add(entry.Key))
            {
                reading.Add(entry.Position, $"'{entry.Key}' stands here twice in {reading.What}, in different cases: remove one of them");
            }
            else if (isKey && isValue)
            {
                values.Add(make(readKey, readValue, entry.Position));
            }
        }

        value1 = [.. values];
        return true;
    }

    /// <inheritdoc/>
    public override string Format(ValueList<T> value1) => value1.Count == 0
        ? "{}"
        : $"{{ {string.Join(", ", value1.Select(take).Select(pair => $"{key.Format(pair.Key)}: {value.Format(pair.Value)}"))} }}";

    /// <inheritdoc/>
    public override void WriteSchema(Utf8JsonWriter writer)
    {
        writer.WriteString("type", "object");
        writer.WriteNumber("maxProperties", max);
        writer.WriteStartObject("propertyNames");
        key.WriteSchema(writer);
        writer.WriteEndObject();
        writer.WriteStartObject("additionalProperties");
        value.WriteSchema(writer);
        writer.WriteEndObject();
    }
}
