using System.Text.Json;
using Atlas.Control.Configuration.Keys;
using Atlas.Control.Configuration.Yaml;

namespace Atlas.Control.Configuration.Kinds;

/// <summary>A value that is written as another one and kept in another form.</summary>
/// <typeparam name="TFrom">What is read.</typeparam>
/// <typeparam name="T">What it is kept as.</typeparam>
internal sealed class MappedKind<TFrom, T>(ValueKind<TFrom> inner, Func<TFrom, T> map, Func<T, TFrom> back) : ValueKind<T>
{
    /// <inheritdoc/>
    public override string Allowed => inner.Allowed;

    /// <inheritdoc/>
    public override string Reference => inner.Reference;

    /// <inheritdoc/>
    public override IReadOnlyList<(string Text, bool IsAllowed)> Edges => inner.Edges;

    /// <inheritdoc/>
    public override IEnumerable<ISection> Sections => inner.Sections;

    /// <inheritdoc/>
    public override bool TryRead(YamlNode node, Reading reading, out T value)
    {
        bool isRead = inner.TryRead(node, reading, out var read);
        value = isRead ? map(read) : default!;
        return isRead;
    }

    /// <inheritdoc/>
    public override string Format(T value) => inner.Format(back(value));

    /// <inheritdoc/>
    public override void WriteSchema(Utf8JsonWriter writer) => inner.WriteSchema(writer);
}
