using System.Text.Json;
using Atlas.Control.Configuration.Keys;
using Atlas.Control.Configuration.Yaml;

namespace Atlas.Control.Configuration.Kinds;

/// <summary>A value, or a word that stands for having none.</summary>
/// <typeparam name="T">What both are read into.</typeparam>
/// <param name="word">The word.</param>
/// <param name="isWord">Whether a value is the one that the word stands for.</param>
/// <param name="none">What the word stands for.</param>
/// <param name="inner">The value.</param>
internal sealed class OrWordKind<T>(string word, Func<T, bool> isWord, T none, ValueKind<T> inner) : ValueKind<T>
{
    /// <inheritdoc/>
    public override string Allowed => $"{word}, or {inner.Allowed}";

    /// <inheritdoc/>
    public override string Reference => $"`{word}`, or {inner.Reference}";

    /// <inheritdoc/>
    public override IReadOnlyList<(string Text, bool IsAllowed)> Edges => inner.Edges;

    /// <inheritdoc/>
    public override IEnumerable<ISection> Sections => inner.Sections;

    /// <inheritdoc/>
    public override bool TryRead(YamlNode node, Reading reading, out T value)
    {
        if (node is YamlScalar { Text: var text } && text == word)
        {
            value = none;
            return true;
        }

        bool isRead = inner.TryRead(node, reading with { Word = word }, out value);
        value = isRead ? value : none;
        return isRead;
    }

    /// <inheritdoc/>
    public override string Format(T value) => isWord(value) ? word : inner.Format(value);

    /// <inheritdoc/>
    public override void WriteSchema(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("anyOf");
        writer.WriteStartObject();
        Schema.OneOf([word])(writer);
        writer.WriteEndObject();
        writer.WriteStartObject();
        inner.WriteSchema(writer);
        writer.WriteEndObject();
        writer.WriteEndArray();
    }
}
