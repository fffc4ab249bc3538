namespace Atlas.Protocols.Dns;

/// <summary>What became of a question (RFC 1035 4.1.1; 12 bits with EDNS, RFC 6891 6.1.3).</summary>
public enum DnsResponseCode : ushort
{
    /// <summary>It is answered, perhaps with no record.</summary>
    NoError = 0,

    /// <summary>The server could not read it.</summary>
    FormatError = 1,

    /// <summary>The server could not find out.</summary>
    ServerFailure = 2,

    /// <summary>There is no such name: NXDOMAIN.</summary>
    NoSuchName = 3,

    /// <summary>The server does not do that.</summary>
    NotImplemented = 4,

    /// <summary>The server does not do that for who asks.</summary>
    Refused = 5,

    /// <summary>The server does not know the version of EDNS (RFC 6891 6.1.3).</summary>
    BadVersion = 16,
}
