using System.Text.Json.Serialization;

namespace Atlas.Admin.Reloads;

/// <summary>The body of a request for a reload, as clients write it: there is nothing to say.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ReloadBody;
