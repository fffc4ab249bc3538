namespace Atlas.Protocols.Vrrp;

/// <summary>Why an advertisement was refused (RFC 9568 7.1): one name per cause, in the order in which they are looked for.</summary>
public enum VrrpAdvertisementError : byte
{
    /// <summary>Nothing is wrong.</summary>
    None,

    /// <summary>The TTL or hop limit is not 255: a router has forwarded it, so that it does not come from this network.</summary>
    HopLimit,

    /// <summary>It is shorter than its 8 bytes of fixed fields.</summary>
    Truncated,

    /// <summary>A version other than 3.</summary>
    Version,

    /// <summary>A type other than advertisement.</summary>
    Type,

    /// <summary>A virtual router id of 0.</summary>
    RouterId,

    /// <summary>A count of 0 addresses.</summary>
    NoAddresses,

    /// <summary>It is shorter or longer than its count of addresses says.</summary>
    Length,

    /// <summary>The checksum does not fit in any form that its family allows.</summary>
    Checksum,

    /// <summary>A maximum advertise interval of 0, which would have backups take over at once (RFC 9568, erratum 8301).</summary>
    Interval,
}
