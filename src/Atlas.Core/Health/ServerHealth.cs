namespace Atlas.Core.Health;

/// <summary>What the active checks found of a server. What the operator wants of it is another matter, kept apart.</summary>
public enum ServerHealth
{
    /// <summary>Too few checks have ended to say.</summary>
    Unknown,

    /// <summary>It works.</summary>
    Up,

    /// <summary>It does not.</summary>
    Down,
}
