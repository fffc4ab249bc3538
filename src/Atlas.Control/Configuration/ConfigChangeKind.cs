namespace Atlas.Control.Configuration;

/// <summary>What became of a part of the configuration.</summary>
public enum ConfigChangeKind
{
    /// <summary>Only the new configuration has it.</summary>
    Added,

    /// <summary>Only the old configuration has it.</summary>
    Removed,

    /// <summary>Both have it, with different values.</summary>
    Changed,
}
