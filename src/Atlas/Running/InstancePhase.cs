namespace Atlas.Running;

/// <summary>Where an instance is in its life. It only goes forward.</summary>
internal enum InstancePhase
{
    /// <summary>Not all listeners accept yet.</summary>
    Starting,

    /// <summary>All accept.</summary>
    Serving,

    /// <summary>It was asked to end.</summary>
    Draining,
}
