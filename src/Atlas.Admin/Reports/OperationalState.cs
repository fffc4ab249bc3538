using System.Text.Json.Serialization;

namespace Atlas.Admin.Reports;

/// <summary>What probes found of a server.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OperationalState>))]
public enum OperationalState
{
    /// <summary>Nothing yet.</summary>
    [JsonStringEnumMemberName("unknown")]
    Unknown,

    /// <summary>It works.</summary>
    [JsonStringEnumMemberName("up")]
    Up,

    /// <summary>It does not.</summary>
    [JsonStringEnumMemberName("down")]
    Down,
}
