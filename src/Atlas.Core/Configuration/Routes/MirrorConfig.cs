namespace Atlas.Core.Configuration;

/// <summary>Copies requests to another pool.</summary>
public sealed record MirrorConfig : ConfigSection
{
    /// <summary>The pool's name.</summary>
    public string Pool { get; init; } = "";

    /// <summary>The share of requests that is copied, 0 to 1. Default all.</summary>
    public double Share { get; init; } = 1;
}
