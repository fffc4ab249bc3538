namespace Atlas.Core.Tests.HighAvailability;

/// <summary>What may happen in a simulated network.</summary>
internal enum NetworkKind
{
    /// <summary>It falls into two parts and heals, and priorities change. No advertisement is lost otherwise, and masters do not
    /// repeat their announcements, so that each one counts.</summary>
    OnlySplit,

    /// <summary>Nodes pause, crash, restart, stop, start and have faults, too.</summary>
    Broken,

    /// <summary>All of that, and up to a third of what is sent is lost.</summary>
    LossyAndBroken,
}
