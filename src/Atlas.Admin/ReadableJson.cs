using System.Text.Encodings.Web;
using System.Text.Json;

namespace Atlas.Admin;

/// <summary>The JSON of what has sentences: quotes and letters of all languages are written as such. That is no danger where
/// the media type is JSON and not sniffed.</summary>
internal static class ReadableJson
{
    internal static AdminJson Context { get; } =
        new(new JsonSerializerOptions(AdminJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
