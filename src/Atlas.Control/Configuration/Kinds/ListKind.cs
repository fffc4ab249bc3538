using System.Text.Json;
using Atlas.Control.Configuration.Keys;
using Atlas.Control.Configuration.Yaml;
using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration.Kinds;

/// <summary>A list.</summary>
/// <typeparam name="T">The elements.</typeparam>
/// <param name="element">What may stand in it.</param>
/// <param name="min">The fewest elements.</param>
/// <param name="max">The most elements.</param>
/// <param name="orOne">Whether one element may stand there without a list.</param>
internal sealed class ListKind<T>(ValueKind<T> element, int min, int max, bool orOne) : ValueKind<ValueList<T>>
{
    /// <inheritdoc/>
    public override string Allowed => orOne
        ? $"{element.Allowed}, or a list of such{Bounds}"
        : $"a list{Bounds}, each {element.Allowed}";

    /// <inheritdoc/>
    public override string Reference => element.Sections.Any() ? $"a list{Bounds}, each {element.Reference}" : Allowed;

    /// <inheritdoc/>
    public override IReadOnlyList<(string Text, bool IsAllowed)> Edges => orOne ? element.Edges : [];

    /// <inheritdoc/>
    public override int? MaxCount => max;

    /// <inheritdoc/>
    public override IEnumerable<ISection> Sections => element.Sections;

    private string Bounds => min == 0 ? $" of at most {max}" : $" of {min} to {max}";

    /// <inheritdoc/>
    public override bool TryRead(YamlNode node, Reading reading, out ValueList<T> value)
    {
        value = [];
        if (node is not YamlList list)
        {
            if (!orOne || node is YamlScalar { IsNull: true })
            {
                return reading.Refuse(node, Allowed, node is YamlScalar { IsNull: false } ? $"write [{((YamlScalar)node).Text}]" : null);
            }

            bool isRead = element.TryRead(node, reading, out var only);
            value = isRead ? [only] : [];
            return isRead;
        }

        if (list.Items.Count < min || list.Items.Count > max)
        {
            return reading.Add(list.Position, $"{reading.What} has {list.Items.Count} elements, but must have {min} to {max}");
        }

        var values = new List<T>(list.Items.Count);
        foreach (var item in list.Items)
        {
            if (element.TryRead(item, reading.OfElement(), out var read))
            {
                values.Add(read);
            }
        }

        value = [.. values];
        return true;
    }

    /// <inheritdoc/>
    public override string Format(ValueList<T> value) =>
        orOne && value.Count == 1 ? element.Format(value[0]) : $"[{string.Join(", ", value.Select(element.Format))}]";

    /// <inheritdoc/>
    public override void WriteSchema(Utf8JsonWriter writer)
    {
        if (!orOne)
        {
            WriteArray(writer);
            return;
        }

        writer.WriteStartArray("anyOf");
        writer.WriteStartObject();
        element.WriteSchema(writer);
        writer.WriteEndObject();
        writer.WriteStartObject();
        WriteArray(writer);
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private void WriteArray(Utf8JsonWriter writer)
    {
        writer.WriteString("type", "array");
        writer.WriteStartObject("items");
        element.WriteSchema(writer);
        writer.WriteEndObject();
        writer.WriteNumber("minItems", min);
        writer.WriteNumber("maxItems", max);
    }
}
