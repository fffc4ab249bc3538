using System.Text.Json.Serialization;

namespace Atlas.Admin.Reports;

/// <summary>What a circuit breaker does.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CircuitState>))]
public enum CircuitState
{
    /// <summary>It lets requests pass.</summary>
    [JsonStringEnumMemberName("closed")]
    Closed,

    /// <summary>It lets none pass.</summary>
    [JsonStringEnumMemberName("open")]
    Open,

    /// <summary>One request tries, or the next one will.</summary>
    [JsonStringEnumMemberName("half_open")]
    HalfOpen,
}
