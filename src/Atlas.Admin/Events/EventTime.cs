using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Atlas.Admin.Events;

/// <summary>The time of an event in JSON: UTC in milliseconds, as the lines of the process have it, whatever the event's clock counts. All
/// have the same length, so that they can be compared as text.</summary>
internal sealed class EventTime : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(string.Create(CultureInfo.InvariantCulture, $"{value.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ}"));
}
