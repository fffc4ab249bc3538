using System.Text.Json;

namespace Atlas.Control.Configuration.Keys;

/// <summary>What may be written for a key: what readers, messages, the schema and the reference page have in common.</summary>
internal interface IValueKind
{
    /// <summary>What is allowed, so that it completes "must be …".</summary>
    string Allowed { get; }

    /// <summary>The sections that may stand in such a value.</summary>
    IEnumerable<ISection> Sections { get; }

    /// <summary>Writes the properties of a JSON schema into the object that is open.</summary>
    void WriteSchema(Utf8JsonWriter writer);
}
