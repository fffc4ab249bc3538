namespace Atlas.Core.Configuration;

/// <summary>One pool's part of a split route.</summary>
public sealed record SplitConfig : ConfigSection
{
    /// <summary>The pool's name.</summary>
    public string Pool { get; init; } = "";

    /// <summary>Its share is this against the sum of all; 0 to 65535, and not all 0.</summary>
    public int Weight { get; init; } = 1;
}
