namespace Atlas.Control.Discovery.Resolving;

/// <summary>How a lookup ended.</summary>
public enum LookupOutcome
{
    /// <summary>With records.</summary>
    Answered,

    /// <summary>There is no such name: NXDOMAIN.</summary>
    NoSuchName,

    /// <summary>The name is there, without a record of the type.</summary>
    NoRecords,

    /// <summary>The resolver said that it could not find out, or would not: SERVFAIL, REFUSED and the like.</summary>
    ServerFailure,

    /// <summary>Nothing came in time.</summary>
    Timeout,

    /// <summary>The resolver cannot be reached.</summary>
    Unreachable,

    /// <summary>What came was no answer.</summary>
    Malformed,
}
