namespace Atlas.Core.Configuration;

/// <summary>What becomes of requests that two programs could read in two ways. The names are http-desync-guardian's.</summary>
public enum Strictness
{
    /// <summary>All are refused.</summary>
    Strictest,

    /// <summary>Those that have a <see cref="RepairKind"/> are repaired, the others refused.</summary>
    Defensive,

    /// <summary>As defensive, and the access log says of each repaired one what strictest would have refused.</summary>
    Monitor,
}
