using System.Text.Json;
using Atlas.Control.Configuration.Keys;
using Atlas.Control.Configuration.Yaml;
using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration.Kinds;

/// <summary>An address to listen on, with its place in the file: addresses of different sections may collide.</summary>
internal sealed class BindKind : ValueKind<BindAddress>
{
    /// <summary>The only one.</summary>
    public static readonly BindKind Instance = new();

    /// <inheritdoc/>
    public override string Allowed => Addresses.Bind.Allowed;

    /// <inheritdoc/>
    public override IReadOnlyList<(string Text, bool IsAllowed)> Edges => Addresses.Bind.Edges;

    /// <inheritdoc/>
    public override bool TryRead(YamlNode node, Reading reading, out BindAddress value)
    {
        bool isRead = Addresses.Bind.TryRead(node, reading, out value);
        value = isRead ? value with { Position = node.Position } : value;
        return isRead;
    }

    /// <inheritdoc/>
    public override string Format(BindAddress value) => value.ToString();

    /// <inheritdoc/>
    public override void WriteSchema(Utf8JsonWriter writer) => Addresses.Bind.WriteSchema(writer);
}
