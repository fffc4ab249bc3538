namespace Atlas.Core.Configuration;

/// <summary>What a good response to a probe is.</summary>
public sealed record HealthExpectConfig : ConfigSection
{
    /// <summary>Its status is in one of these. Default 200 to 399.</summary>
    public ValueList<StatusRange> Statuses { get; init; } = [new StatusRange(200, 399)];

    /// <summary>Text that stands in the body; empty: any body.</summary>
    public string Body { get; init; } = "";
}
