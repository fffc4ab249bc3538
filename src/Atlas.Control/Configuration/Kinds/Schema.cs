using System.Globalization;
using System.Text.Json;

namespace Atlas.Control.Configuration.Kinds;

/// <summary>The forms of JSON schema that scalars have (JSON Schema 2020-12, validation).</summary>
internal static class Schema
{
    /// <summary>A text of this form.</summary>
    /// <param name="pattern">A regular expression for the whole text; null: any text.</param>
    public static Action<Utf8JsonWriter> Text(string? pattern) => writer =>
    {
        writer.WriteString("type", "string");
        if (pattern is not null)
        {
            writer.WriteString("pattern", $"^(?:{pattern})$");
        }
    };

    /// <summary>A text that editors may take for a number or a truth value where it has no quotes.</summary>
    public static void Loose(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("type");
        writer.WriteStringValue("string");
        writer.WriteStringValue("number");
        writer.WriteStringValue("boolean");
        writer.WriteEndArray();
    }

    /// <summary>A whole number.</summary>
    public static Action<Utf8JsonWriter> Integer(long min, long max) => writer =>
    {
        writer.WriteString("type", "integer");
        writer.WriteNumber("minimum", min);
        writer.WriteNumber("maximum", max);
    };

    /// <summary>One of these texts; those that YAML takes for something else without quotes in both forms.</summary>
    public static Action<Utf8JsonWriter> OneOf(IEnumerable<string> words) => writer =>
    {
        writer.WriteStartArray("enum");
        foreach (string word in words)
        {
            writer.WriteStringValue(word);
            if (word is "true" or "false")
            {
                writer.WriteBooleanValue(word == "true");
            }
            else if (decimal.TryParse(word, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number))
            {
                writer.WriteNumberValue(number);
            }
        }

        writer.WriteEndArray();
    };
}
