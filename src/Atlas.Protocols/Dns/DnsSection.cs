namespace Atlas.Protocols.Dns;

/// <summary>The sections of records, in their order in a message (RFC 1035 4.1).</summary>
public enum DnsSection
{
    /// <summary>What answers the question.</summary>
    Answer,

    /// <summary>Who has the zone.</summary>
    Authority,

    /// <summary>What may be asked next, and the OPT record.</summary>
    Additional,
}
