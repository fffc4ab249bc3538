namespace Atlas.Protocols.Dns;

/// <summary>What a server can make of a message that came.</summary>
public enum DnsQueryStatus
{
    /// <summary>It gets no answer: no header can be read, or it is an answer itself.</summary>
    Ignored,

    /// <summary>It is malformed, or asks several questions (RFC 9619), or none.</summary>
    Malformed,

    /// <summary>It is something else than a question: a notification, an update.</summary>
    UnknownOpcode,

    /// <summary>It has a version of EDNS that there is not yet (RFC 6891 6.1.3).</summary>
    UnknownVersion,

    /// <summary>It asks for a server's cookie and nothing else (RFC 7873 5.4).</summary>
    CookieOnly,

    /// <summary>It asks one question.</summary>
    Question,
}
