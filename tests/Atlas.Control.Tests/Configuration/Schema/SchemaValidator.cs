using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Atlas.Control.Tests.Configuration.Schema;

/// <summary>Validates by the words of JSON Schema 2020-12 that the exported schema uses; any other word is an error of the test.</summary>
internal sealed class SchemaValidator(JsonObject root)
{
    private static readonly HashSet<string> Notes = new(StringComparer.Ordinal) { "$schema", "$defs", "title", "description" };

    /// <summary>The properties that were met in valid instances, as <c>DEFINITION.KEY</c>.</summary>
    public HashSet<string> Visited { get; } = new(StringComparer.Ordinal);

    public List<string> Validate(JsonNode? instance) => Validate(root, instance, "configuration", "$");

    public List<string> ValidateBy(JsonObject schema, JsonNode? instance) => Validate(schema, instance, "", "$");

    private List<string> Validate(JsonObject schema, JsonNode? instance, string definition, string path)
    {
        var errors = new List<string>();
        foreach (var (word, value) in schema.Where(word => !Notes.Contains(word.Key)))
        {
            bool isValid = word switch
            {
                "$ref" => Refer(value!.GetValue<string>(), instance, path, errors),
                "anyOf" => value!.AsArray().Any(option => Validate(option!.AsObject(), instance, definition, path).Count == 0),
                "type" => value is JsonArray types ? types.Any(type => IsType(instance, $"{type}")) : IsType(instance, $"{value}"),
                "enum" => value!.AsArray().Any(option => JsonNode.DeepEquals(option, instance)),
                "pattern" => !IsType(instance, "string") || Regex.IsMatch($"{instance}", $"{value}", RegexOptions.ECMAScript),
                "minimum" => !IsType(instance, "number") || instance!.GetValue<decimal>() >= value!.GetValue<decimal>(),
                "maximum" => !IsType(instance, "number") || instance!.GetValue<decimal>() <= value!.GetValue<decimal>(),
                "minItems" => instance is not JsonArray array || array.Count >= value!.GetValue<int>(),
                "maxItems" => instance is not JsonArray array || array.Count <= value!.GetValue<int>(),
                "maxProperties" => instance is not JsonObject map || map.Count <= value!.GetValue<int>(),
                "required" => instance is not JsonObject map || value!.AsArray().All(key => map.ContainsKey($"{key}")),
                "items" => instance is not JsonArray array || Items(value!.AsObject(), array, definition, path, errors),
                "propertyNames" => instance is not JsonObject map
                    || map.All(entry => Validate(value!.AsObject(), JsonValue.Create(entry.Key), definition, path).Count == 0),
                "properties" => instance is not JsonObject map || Properties(value!.AsObject(), map, definition, path, errors),
                "additionalProperties" => instance is not JsonObject map || Others(schema, value!, map, definition, path, errors),
                _ => throw new InvalidOperationException($"The validator does not know '{word}'."),
            };
            if (!isValid)
            {
                errors.Add($"{path}: {word}");
            }
        }

        return errors;
    }

    private bool Refer(string reference, JsonNode? instance, string path, List<string> errors)
    {
        string definition = reference["#/$defs/".Length..];
        errors.AddRange(Validate(root["$defs"]![definition]!.AsObject(), instance, definition, path));
        return true;
    }

    private bool Items(JsonObject schema, JsonArray array, string definition, string path, List<string> errors)
    {
        errors.AddRange(array.SelectMany((item, index) => Validate(schema, item, definition, $"{path}[{index}]")));
        return true;
    }

    private bool Properties(JsonObject properties, JsonObject map, string definition, string path, List<string> errors)
    {
        foreach (var (key, value) in map.Where(entry => properties.ContainsKey(entry.Key)))
        {
            Visited.Add($"{definition}.{key}");
            errors.AddRange(Validate(properties[key]!.AsObject(), value, definition, $"{path}.{key}"));
        }

        return true;
    }

    private bool Others(JsonObject schema, JsonNode others, JsonObject map, string definition, string path, List<string> errors)
    {
        var known = schema["properties"]?.AsObject();
        var rest = map.Where(entry => known is null || !known.ContainsKey(entry.Key)).ToList();
        if (others is JsonObject schemaOfOthers)
        {
            errors.AddRange(rest.SelectMany(entry => Validate(schemaOfOthers, entry.Value, definition, $"{path}.{entry.Key}")));
            return true;
        }

        others.GetValue<bool>().ShouldBeFalse();
        return rest.Count == 0;
    }

    private static bool IsType(JsonNode? instance, string type) => (instance?.GetValueKind() ?? JsonValueKind.Null, type) switch
    {
        (JsonValueKind.Object, "object") or (JsonValueKind.Array, "array") or (JsonValueKind.String, "string") => true,
        (JsonValueKind.True or JsonValueKind.False, "boolean") or (JsonValueKind.Number, "number") => true,
        (JsonValueKind.Number, "integer") => decimal.IsInteger(instance!.GetValue<decimal>()),
        _ => false,
    };
}
