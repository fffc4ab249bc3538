using System.Text.Json.Serialization;

namespace Atlas.Admin.Upgrades;

/// <summary>The body of a request for an upgrade, as clients write it.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record UpgradeBody(string? Timeout);
