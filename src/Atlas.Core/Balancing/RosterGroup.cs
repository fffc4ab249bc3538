namespace Atlas.Core.Balancing;

/// <summary>Which servers of a pool take its requests.</summary>
public enum RosterGroup
{
    /// <summary>The usable ones that are no backups.</summary>
    Primary,

    /// <summary>The usable backups, since no other server is usable.</summary>
    Backup,

    /// <summary>All that are ready and no backups, whatever their health: too few are usable.</summary>
    Panic,

    /// <summary>None.</summary>
    None,
}
