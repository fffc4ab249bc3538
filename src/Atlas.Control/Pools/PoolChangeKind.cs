namespace Atlas.Control.Pools;

/// <summary>What changed of a server or of a pool.</summary>
public enum PoolChangeKind
{
    /// <summary>Checks let a server take requests again.</summary>
    Up,

    /// <summary>Checks took a server out.</summary>
    Down,

    /// <summary>A server is left out for what it did to real requests.</summary>
    Ejected,

    /// <summary>That is over.</summary>
    Returned,

    /// <summary>The operator lets a server take requests.</summary>
    Ready,

    /// <summary>The operator wants no new clients at a server.</summary>
    Drain,

    /// <summary>The operator takes a server out altogether.</summary>
    Maintenance,

    /// <summary>The operator, or the file, gives a server another share.</summary>
    Weight,

    /// <summary>A server that drains, or is in maintenance, has nothing left.</summary>
    Drained,

    /// <summary>The configuration has no such server any more, and requests are left there.</summary>
    Removed,

    /// <summary>The last of these requests has ended.</summary>
    Gone,

    /// <summary>A pool's servers serve as they should, after they did not.</summary>
    Usable,

    /// <summary>A pool's backups serve, since no other server of it is usable.</summary>
    Backup,

    /// <summary>Too few servers of a pool are usable: their health is ignored.</summary>
    Panic,

    /// <summary>No server of a pool takes requests.</summary>
    Unusable,
}
