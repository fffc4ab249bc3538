using System.Text.Json.Serialization;

namespace Atlas.Admin.Reports;

/// <summary>What the operator wants of a server.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AdminState>))]
public enum AdminState
{
    /// <summary>It takes requests.</summary>
    [JsonStringEnumMemberName("ready")]
    Ready,

    /// <summary>It takes no new clients.</summary>
    [JsonStringEnumMemberName("drain")]
    Drain,

    /// <summary>It takes nothing and is not probed.</summary>
    [JsonStringEnumMemberName("maintenance")]
    Maintenance,
}
