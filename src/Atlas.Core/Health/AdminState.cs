namespace Atlas.Core.Health;

/// <summary>What an operator asked of a server, apart from what checks and traffic found.</summary>
public enum AdminState
{
    /// <summary>It serves as far as its health allows.</summary>
    Ready,

    /// <summary>It gets no new clients; those that are bound to it stay until they end.</summary>
    Drain,

    /// <summary>It gets nothing, and is not probed.</summary>
    Maintenance,
}
