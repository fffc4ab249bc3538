namespace Atlas.Core.Configuration;

/// <summary>Ejects servers that fail real requests.</summary>
public sealed record OutlierDetectionConfig : ConfigSection
{
    /// <summary>Failures in a row that eject a server. Default 5.</summary>
    public int ConsecutiveFailures { get; init; } = 5;

    /// <summary>How long the first ejection lasts; further ones last longer. Default 30 s.</summary>
    public int EjectForMs { get; init; } = 30_000;

    /// <summary>The most of a pool's servers that may be ejected, 0 to 1; never the last one. Default 0.5.</summary>
    public double MaxEjectedShare { get; init; } = 0.5;
}
