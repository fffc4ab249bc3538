using System.Text.Json.Serialization;
using Atlas.Proxy.Udp;

namespace Atlas.Running.Upgrades;

/// <summary>The JSON of what is handed over, without reflection. Keys that one version does not know are left out.</summary>
[JsonSourceGenerationOptions(UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(HandedState))]
[JsonSerializable(typeof(HandedUdpSession[]))]
internal sealed partial class HandedJson : JsonSerializerContext;
