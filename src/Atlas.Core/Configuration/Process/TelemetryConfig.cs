namespace Atlas.Core.Configuration;

/// <summary>What is sent to collectors.</summary>
public sealed record TelemetryConfig : ConfigSection
{
    /// <summary>By the OpenTelemetry protocol.</summary>
    public OtlpConfig Otlp { get; init; } = new();
}
