namespace Atlas.Core.Configuration;

/// <summary>An OpenTelemetry collector.</summary>
public sealed record OtlpConfig : ConfigSection
{
    /// <summary>Its URL, <c>http://</c> or <c>https://</c>; empty: nothing is sent, the default.</summary>
    public string Endpoint { get; init; } = "";

    /// <summary>The share of requests that are traced, 0 to 1. Default 0.01.</summary>
    public double TracesShare { get; init; } = 0.01;
}
