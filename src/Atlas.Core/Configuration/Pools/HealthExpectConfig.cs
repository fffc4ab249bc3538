namespace Atlas.Core.Configuration;

/// <summary>What a good response to a probe is.</summary>
public sealed record HealthExpectConfig : ConfigSection
{
    /// <summary>Its status is in one of these. Default 200 to 399.</summary>
    public ValueList<StatusRange> Statuses { get; init; } = [new StatusRange(200, 399)];

    /// <summary>Headers of the response, each matching. Default none.</summary>
    public ValueList<FieldMatch> Headers { get; init; } = [];

    /// <summary>What stands in the body. Default any.</summary>
    public BodyPattern Body { get; init; } = BodyPattern.Any;

    /// <summary>UDP only: what the answer is like. Default any.</summary>
    public ReplyPattern Reply { get; init; } = ReplyPattern.Any;
}
