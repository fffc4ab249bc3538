namespace Atlas.Core.Health;

/// <summary>What the outlier detector may decide on a server.</summary>
public enum OutlierVerdictKind
{
    /// <summary>It takes no requests for a time.</summary>
    Ejected,

    /// <summary>It should be ejected, but too few servers would be left; told once a minute, and looked at again. Or it would be, had more
    /// than one client met its failures.</summary>
    Kept,

    /// <summary>Its ejection is over, and it takes requests again.</summary>
    Returned,
}
