namespace Atlas.Core.Health;

/// <summary>What the operator wants of a server, whatever its health is. The values are in order of strictness:
/// maintenance beats drain, and drain beats ready.</summary>
public enum AdminState
{
    /// <summary>It takes requests.</summary>
    Ready,

    /// <summary>It takes no new clients, but goes on with those that stick to it.</summary>
    Drain,

    /// <summary>It takes nothing and is not probed.</summary>
    Maintenance,
}
