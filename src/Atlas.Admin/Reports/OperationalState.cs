using System.Text.Json.Serialization;

namespace Atlas.Admin.Reports;

/// <summary>What was found of a server.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OperationalState>))]
public enum OperationalState
{
    /// <summary>Nothing yet: it is not probed, or its first probe has yet to end.</summary>
    [JsonStringEnumMemberName("unknown")]
    Unknown,

    /// <summary>It works.</summary>
    [JsonStringEnumMemberName("up")]
    Up,

    /// <summary>Its probes fail.</summary>
    [JsonStringEnumMemberName("down")]
    Down,

    /// <summary>It is left out for a while, since it failed real requests. Its probes pass, or there are none.</summary>
    [JsonStringEnumMemberName("ejected")]
    Ejected,
}
