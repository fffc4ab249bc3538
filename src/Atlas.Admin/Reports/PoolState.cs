using System.Text.Json.Serialization;

namespace Atlas.Admin.Reports;

/// <summary>Who of a pool takes requests.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PoolState>))]
public enum PoolState
{
    /// <summary>Its usable servers.</summary>
    [JsonStringEnumMemberName("usable")]
    Usable,

    /// <summary>Its backups, since no other server is usable.</summary>
    [JsonStringEnumMemberName("backup")]
    Backup,

    /// <summary>All that are ready, whatever their health: too few are usable.</summary>
    [JsonStringEnumMemberName("panic")]
    Panic,

    /// <summary>Nobody.</summary>
    [JsonStringEnumMemberName("unusable")]
    Unusable,
}
