using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Atlas.Admin;

/// <summary>The description of the API (OpenAPI 3.1), which stands beside the code as <c>openapi.json</c>.</summary>
internal sealed class ApiDescription
{
    private const string Resource = "openapi.json";

    private readonly byte[] _document;

    /// <summary>Reads the document and gives it the version of the program.</summary>
    internal ApiDescription(string version)
    {
        using Stream stream = typeof(ApiDescription).Assembly.GetManifestResourceStream(Resource)!;
        JsonNode document = JsonNode.Parse(stream)!;
        document["info"]!["version"] = version;
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            document.WriteTo(writer);
        }

        _document = bytes.ToArray();
    }

    internal async Task SendAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = _document.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(_document, context.RequestAborted);
        }
    }
}
