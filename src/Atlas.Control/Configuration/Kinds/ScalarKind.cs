using System.Text.Json;
using Atlas.Control.Configuration.Keys;
using Atlas.Control.Configuration.Yaml;

namespace Atlas.Control.Configuration.Kinds;

/// <summary>A value that is one scalar.</summary>
/// <typeparam name="T">What it is read into.</typeparam>
/// <param name="allowed">What is allowed, so that it completes "must be …".</param>
/// <param name="parse">Reads the text.</param>
/// <param name="format">Writes it.</param>
/// <param name="schema">Writes the properties of its JSON schema.</param>
internal sealed class ScalarKind<T>(string allowed, ScalarParser<T> parse, Func<T, string> format, Action<Utf8JsonWriter> schema) : ValueKind<T>
{
    /// <inheritdoc/>
    public override string Allowed => allowed;

    /// <summary>Whether a refused value may hold a secret, so that messages do not repeat it.</summary>
    public bool MayBeSecret { get; init; }

    /// <summary>See <see cref="Edges"/>.</summary>
    public IReadOnlyList<(string Text, bool IsAllowed)> WithEdges { get; init; } = [];

    /// <inheritdoc/>
    public override IReadOnlyList<(string Text, bool IsAllowed)> Edges => WithEdges;

    /// <inheritdoc/>
    public override bool TryRead(YamlNode node, Reading reading, out T value)
    {
        value = default!;
        string? hint = null;
        return (node is YamlScalar { IsNull: false } scalar && parse(scalar.Text, out value, ref hint)) || reading.Refuse(node, allowed, hint, MayBeSecret);
    }

    /// <inheritdoc/>
    public override string Format(T value) => format(value);

    /// <inheritdoc/>
    public override void WriteSchema(Utf8JsonWriter writer) => schema(writer);
}
