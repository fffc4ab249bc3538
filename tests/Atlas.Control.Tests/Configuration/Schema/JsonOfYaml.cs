using System.Globalization;
using System.Text.Json.Nodes;
using Atlas.Control.Configuration;
using Atlas.Control.Configuration.Yaml;

namespace Atlas.Control.Tests.Configuration.Schema;

/// <summary>A YAML document as JSON, with the types that editors give to scalars (YAML 1.2 core schema).</summary>
internal static class JsonOfYaml
{
    public static JsonNode? Read(string text)
    {
        var errors = new ConfigErrors("test");
        var node = YamlReader.Read(text, errors);
        errors.Count.ShouldBe(0);
        return Convert(node!);
    }

    public static JsonNode? Convert(YamlNode node) => node switch
    {
        YamlMap map => new JsonObject(map.Entries.Select(entry => KeyValuePair.Create(entry.Key, Convert(entry.Value)))),
        YamlList list => new JsonArray([.. list.Items.Select(Convert)]),
        YamlScalar { IsNull: true } => null,
        YamlScalar { IsPlain: true, Text: "true" or "false" } scalar => JsonValue.Create(scalar.Text == "true"),
        YamlScalar { IsPlain: true } scalar
            when decimal.TryParse(scalar.Text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            => JsonValue.Create(number),
        YamlScalar scalar => JsonValue.Create(scalar.Text),
        _ => throw new InvalidOperationException(),
    };
}
