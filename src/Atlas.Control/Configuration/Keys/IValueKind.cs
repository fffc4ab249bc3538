using System.Text.Json;
using Atlas.Control.Configuration.Yaml;

namespace Atlas.Control.Configuration.Keys;

/// <summary>What may be written for a key: what readers, messages, the schema and the reference page have in common.</summary>
internal interface IValueKind
{
    /// <summary>What is allowed, so that it completes "must be …".</summary>
    string Allowed { get; }

    /// <summary>The same for the reference page, in Markdown, with links to sections.</summary>
    string Reference { get; }

    /// <summary>
    /// Scalars at the edges of what is allowed, and one past them, so that every bound can be tested; empty where there is none.
    /// </summary>
    IReadOnlyList<(string Text, bool IsAllowed)> Edges { get; }

    /// <summary>The most elements or entries; null for what is neither list nor map of names.</summary>
    int? MaxCount { get; }

    /// <summary>The sections that may stand in such a value.</summary>
    IEnumerable<ISection> Sections { get; }

    /// <summary>Whether a value can be read without an error.</summary>
    bool Accepts(YamlNode node, ConfigErrors errors);

    /// <summary>Writes the properties of a JSON schema into the object that is open.</summary>
    void WriteSchema(Utf8JsonWriter writer);
}
