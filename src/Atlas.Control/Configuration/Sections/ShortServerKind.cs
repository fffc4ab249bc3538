using System.Text.Json;
using Atlas.Control.Configuration.Keys;
using Atlas.Control.Configuration.Kinds;
using Atlas.Control.Configuration.Yaml;
using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration.Sections;

/// <summary>A server that is written as its address alone.</summary>
internal sealed class ShortServerKind : ValueKind<ServerConfig>
{
    /// <inheritdoc/>
    public override string Allowed => Addresses.Server.Allowed;

    /// <inheritdoc/>
    public override bool TryRead(YamlNode node, Reading reading, out ServerConfig value)
    {
        bool isRead = Addresses.Server.TryRead(node, reading, out var address);
        value = isRead
            ? new ServerConfig { Address = address, Name = address.ToString(), Source = new SectionSource(node.Position, []) }
            : new ServerConfig();
        return isRead;
    }

    /// <inheritdoc/>
    public override string Format(ServerConfig value) => value.Address?.ToString() ?? value.Name;

    /// <inheritdoc/>
    public override void WriteSchema(Utf8JsonWriter writer) => Addresses.Server.WriteSchema(writer);
}
