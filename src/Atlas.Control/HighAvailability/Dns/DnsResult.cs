namespace Atlas.Control.HighAvailability.Dns;

/// <summary>What became of a question, as metrics have it.</summary>
internal enum DnsResult
{
    /// <summary>It has records.</summary>
    Answered,

    /// <summary>The name has none of this type.</summary>
    NoData,

    /// <summary>The zone has no such name.</summary>
    NoSuchName,

    /// <summary>It is of another zone or class, or asks for the whole zone.</summary>
    Refused,

    /// <summary>It is malformed.</summary>
    Malformed,

    /// <summary>It is no question.</summary>
    NotImplemented,

    /// <summary>It is of a version of EDNS that there is not yet.</summary>
    BadVersion,
}
