using System.Text.Json;
using Atlas.Control.Configuration.Keys;
using Atlas.Control.Configuration.Yaml;

namespace Atlas.Control.Configuration.Kinds;

/// <summary>A value that is null where its key is not written.</summary>
/// <typeparam name="T">The value.</typeparam>
/// <param name="inner">What may be written.</param>
/// <param name="absent">What the reference page calls null.</param>
internal sealed class OptionalKind<T>(ValueKind<T> inner, string absent) : ValueKind<T?>
    where T : class
{
    /// <inheritdoc/>
    public override string Allowed => inner.Allowed;

    /// <inheritdoc/>
    public override string Reference => inner.Reference;

    /// <inheritdoc/>
    public override IReadOnlyList<(string Text, bool IsAllowed)> Edges => inner.Edges;

    /// <inheritdoc/>
    public override int? MaxCount => inner.MaxCount;

    /// <inheritdoc/>
    public override IEnumerable<ISection> Sections => inner.Sections;

    /// <inheritdoc/>
    public override bool TryRead(YamlNode node, Reading reading, out T? value)
    {
        bool isRead = inner.TryRead(node, reading, out var read);
        value = isRead ? read : null;
        return isRead;
    }

    /// <inheritdoc/>
    public override string Format(T? value) => value is null ? absent : inner.Format(value);

    /// <inheritdoc/>
    public override void WriteSchema(Utf8JsonWriter writer) => inner.WriteSchema(writer);
}
