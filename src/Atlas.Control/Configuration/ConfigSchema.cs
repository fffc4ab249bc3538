using System.Text.Encodings.Web;
using System.Text.Json;
using Atlas.Control.Configuration.Keys;
using Atlas.Control.Configuration.Sections;

namespace Atlas.Control.Configuration;

/// <summary>
/// The configuration as a JSON Schema (2020-12), made from the tables that the loader reads by; editors complete and check with
/// it. It says which keys and which forms of values there are; ranges of texts and rules across keys are the loader's alone.
/// </summary>
public static class ConfigSchema
{
    private static readonly JsonWriterOptions Options = new()
    {
        Indented = true,
        NewLine = "\n",

        // The schema is a file of its own and stands in no page, so that quotes and signs can be as people read them.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes the schema as UTF-8 with a line end after it. The stream stays open.</summary>
    public static void Write(Stream stream)
    {
        using (var writer = new Utf8JsonWriter(stream, Options))
        {
            writer.WriteStartObject();
            writer.WriteString("$schema", "https://json-schema.org/draft/2020-12/schema");
            writer.WriteString("title", "Atlas configuration");
            WriteSection(writer, RootSection.Instance);
            writer.WriteStartObject("$defs");
            foreach (var section in RootSection.All.Where(section => section != RootSection.Instance))
            {
                writer.WriteStartObject(section.Name);
                WriteSection(writer, section);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
    }

    private static void WriteSection(Utf8JsonWriter writer, ISection section)
    {
        writer.WriteString("description", section.Doc);
        writer.WriteString("type", "object");
        writer.WriteStartObject("properties");
        foreach (var key in section.KeyList)
        {
            writer.WriteStartObject(key.Name);
            writer.WriteString("description", key.DefaultText is null ? key.Doc : $"{key.Doc} Default: {key.DefaultText}.");
            key.ValueKind.WriteSchema(writer);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        if (section.KeyList.Any(key => key.IsRequired))
        {
            writer.WriteStartArray("required");
            foreach (var key in section.KeyList.Where(key => key.IsRequired))
            {
                writer.WriteStringValue(key.Name);
            }

            writer.WriteEndArray();
        }

        writer.WriteBoolean("additionalProperties", false);
    }
}
