using System.Text.Json.Nodes;

namespace Atlas.Cli.Tests.Programs;

/// <summary>The description of the admin API that a running Atlas serves, taken at its word: a status that it does not name, a key
/// that it does not know, a value that it does not allow is an error.</summary>
public sealed class ApiDocument(JsonNode document)
{
    /// <summary>Checks an answer.</summary>
    public async Task CheckAsync(string path, HttpResponseMessage response)
    {
        string method = response.RequestMessage!.Method.Method.ToLowerInvariant();
        string status = ((int)response.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture);
        JsonNode? described = document["paths"]![path]![method]!["responses"]![status];
        described.ShouldNotBeNull($"{method} {path} is not said to answer {status}");
        string type = response.Content.Headers.ContentType!.MediaType!;
        JsonNode? content = Resolve(described)["content"]?[type];
        content.ShouldNotBeNull($"{method} {path} is not said to answer {status} with {type}");
        if (type == "application/json")
        {
            Check(JsonNode.Parse(await response.Content.ReadAsStringAsync()), content["schema"]!, path);
        }
    }

    /// <summary>Checks a value against a schema of the document.</summary>
    public void Check(string json, string schema) =>
        Check(JsonNode.Parse(json), document["components"]!["schemas"]![schema]!, schema);

    private void Check(JsonNode? value, JsonNode schema, string where)
    {
        schema = Resolve(schema);
        value.ShouldNotBeNull(where);
        bool isRight = ((string)schema["type"]!, value.GetValueKind()) is
            ("object", System.Text.Json.JsonValueKind.Object)
            or ("array", System.Text.Json.JsonValueKind.Array)
            or ("string", System.Text.Json.JsonValueKind.String)
            or ("number" or "integer", System.Text.Json.JsonValueKind.Number)
            or ("boolean", System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False);
        isRight.ShouldBeTrue($"{where}: {value.ToJsonString()} is no {schema["type"]}");
        if (schema["enum"] is JsonArray words)
        {
            words.Select(word => (string)word!).ShouldContain((string)value!, where);
        }

        foreach (JsonNode? item in value as JsonArray ?? [])
        {
            Check(item, schema["items"]!, where + "[]");
        }

        if (value is JsonObject fields && schema["properties"] is JsonObject properties)
        {
            foreach (JsonNode? key in schema["required"]?.AsArray() ?? [])
            {
                fields.ContainsKey((string)key!).ShouldBeTrue($"{where}: {key} is required");
            }

            foreach ((string key, JsonNode? field) in fields)
            {
                properties.ContainsKey(key).ShouldBeTrue($"{where}: {key} is not described");
                Check(field, properties[key]!, $"{where}.{key}");
            }
        }
    }

    private JsonNode Resolve(JsonNode node)
    {
        while (node["$ref"] is JsonNode reference)
        {
            JsonNode? at = document;
            foreach (string step in ((string)reference!).Split('/').Skip(1))
            {
                at = at![step];
            }

            node = at.ShouldNotBeNull((string)reference!);
        }

        return node;
    }
}
